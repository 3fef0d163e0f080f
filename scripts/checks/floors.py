#!/usr/bin/env python3
"""Includes only go down the floors, and third-party libraries stay behind their walls.

A folder may include itself and the folders that its line names. A third-party library may be reached, directly or
through our own headers, only from the folders that its wall names.
"""
import functools
import re
import sys

import tree

BASE = "runtime/base"
OBSERVE = "runtime/observe"
CONF = "conf"
CONFIG_STORE = "control/config"
VENUES = "actors/venues"
PROCESS = "runtime/process"
VIRTUAL = "runtime/virtual"
SUPERVISORS = "supervisors"
NET = "runtime/net"
HOST = "runtime/host"
SESSION = "actors/session"
CONTROL = "control"
LINE = "sim/line"
MARKET = "sim/market"
DERIBIT = "sim/deribit"
WIRE = "sim/wire"
VIRTUAL_SIM = "sim/virtual"
EXAMPLES = "docs/examples"

# folder -> the folders that it may include, beside itself
EDGES = {
    BASE: set(),
    OBSERVE: {BASE},
    CONF: {BASE},
    CONFIG_STORE: {BASE},
    VENUES: {BASE},
    PROCESS: {BASE},
    VIRTUAL: {BASE, PROCESS},
    SUPERVISORS: {BASE, PROCESS},
    NET: {BASE, OBSERVE},
    HOST: {BASE, OBSERVE, CONF, PROCESS, SUPERVISORS, NET},
    SESSION: {BASE, OBSERVE, CONF, VENUES, PROCESS, SUPERVISORS, NET, HOST},
    CONTROL: {BASE, OBSERVE, CONF, VENUES, PROCESS, SUPERVISORS, NET, HOST, SESSION, CONFIG_STORE},
    "apps": {BASE, OBSERVE, CONF, VENUES, PROCESS, VIRTUAL, SUPERVISORS, NET, HOST, SESSION, CONFIG_STORE, CONTROL},
    # What a user of the installed library has.
    EXAMPLES: {BASE, PROCESS, VIRTUAL, SUPERVISORS},
    # The simulator writes its own encoders: it would prove nothing if it shared the node's. What Deribit does and what
    # carries bytes meet at a line, and neither knows the other.
    LINE: {BASE},
    MARKET: {BASE},
    DERIBIT: {BASE, LINE, MARKET},
    WIRE: {BASE, LINE},
    VIRTUAL_SIM: {BASE, LINE, MARKET, DERIBIT},
    "sim": {BASE, LINE, MARKET, DERIBIT, WIRE},
    # A node and an exchange in one virtual time: what is real in each, and nothing of the programs around them.
    "chaos": {BASE, OBSERVE, CONF, VENUES, PROCESS, VIRTUAL, SUPERVISORS, NET, SESSION, LINE, MARKET, DERIBIT,
              VIRTUAL_SIM},
    "bench": {BASE, OBSERVE, CONF, CONFIG_STORE, VENUES, PROCESS, SUPERVISORS, NET, HOST, SESSION, CONTROL, "apps",
              "sim"},
}
ANYTHING = "tests"
ALONE = {EXAMPLES}  # projects of their own: they include their own headers as they lie beside each other

# library -> (what its includes look like, the folders from which it may be reached)
WALLS = {
    "Beast": (r"boost/beast", {NET, WIRE, "bench"}),
    "Asio": (r"boost/asio", {NET, HOST, CONTROL, SESSION, "apps", WIRE, "sim", "bench"}),
    "Boost.JSON": (r"boost/json", {VENUES, CONTROL, "apps", MARKET, DERIBIT, VIRTUAL_SIM, "sim", "chaos", "bench"}),
    "CAF": (r"caf/", {PROCESS, VIRTUAL, SUPERVISORS, HOST, SESSION, CONTROL, EXAMPLES, "apps", "chaos", "bench"}),
    "yaml-cpp": (r"yaml-cpp/", {CONF}),
    "spdlog": (r"spdlog/", {OBSERVE}),
    "prometheus-cpp": (r"prometheus/", {OBSERVE}),
    "c-ares": (r"ares\.h", {NET}),
    "OpenSSL": (r"openssl/", {VENUES, NET, CONFIG_STORE, DERIBIT, WIRE, "bench"}),
    "SQLite": (r"sqlite3\.h", {CONFIG_STORE}),
    "CLI11": (r"CLI/", {"apps", "sim", "chaos", "bench"}),
    "doctest": (r"doctest/", set()),
    # Whole lives of an exchange run in one thread, in virtual time.
    "threads and sockets": (r"(thread|mutex|condition_variable|future|sys/socket\.h)$",
                            set(EDGES) - {LINE, MARKET, DERIBIT, VIRTUAL_SIM}),
}

# program -> the libraries that it must not reach although its folder may
PROGRAM_WALLS = {re.compile(r"apps/ctl/"): {"CAF"}}  # cafctl starts at once: no actor runtime in it

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def folder_of(path):
    """The line of the table that a path stands under, or None."""
    text = str(path)
    for folder in sorted([*EDGES, ANYTHING], key=len, reverse=True):
        if text.startswith(folder + "/"):
            return folder
    return None


class includes:
    """The include graph of a tree."""

    def __init__(self, root):
        self.root = root
        self.reach = functools.lru_cache(None)(self._reach)

    @functools.lru_cache(None)
    def of(self, path):
        """(line, quoted, name) of every include in `path`."""
        text = tree.read(self.root, path)
        return [(text.count("\n", 0, hit.start(2)) + 1, hit[1] == '"', hit[2]) for hit in INCLUDE.finditer(text)]

    def _reach(self, path, pattern):
        """How `path` comes to include something like `pattern`: the chain of files, or None."""
        seen, waiting = {path}, [(path, (path,))]
        while waiting:
            here, chain = waiting.pop(0)
            for _, quoted, name in self.of(here):
                if not quoted and re.match(pattern, name):
                    return chain + (name,)
                if quoted and name not in seen and (self.root / name).is_file():
                    seen.add(name)
                    waiting.append((name, chain + (name,)))
        return None


def edge_faults(graph, path, folder):
    for line, quoted, name in graph.of(path):
        if not quoted:
            continue
        target = folder_of(name)
        if folder in ALONE and (graph.root / folder / name).is_file():
            continue
        if not (graph.root / name).is_file():
            yield f"{path}:{line}: \"{name}\" is not a path from the project root"
        elif target == ANYTHING:
            yield f"{path}:{line}: includes \"{name}\": nothing but tests may use tests"
        elif target != folder and target not in EDGES[folder]:
            yield f"{path}:{line}: {folder} may not include {target} (\"{name}\")"


def wall_faults(graph, path, folder):
    for library, (pattern, allowed) in WALLS.items():
        forbidden = any(program.match(path) and library in walls for program, walls in PROGRAM_WALLS.items())
        if folder in allowed and not forbidden:
            continue
        chain = graph.reach(path, pattern)
        if chain:
            yield f"{path}:1: reaches {library}, which is walled off here: {' -> '.join(chain)}"


def faults_in(root):
    graph = includes(root)
    found = []
    for path in tree.cpp_files(root):
        folder = folder_of(path)
        if folder == ANYTHING:
            continue
        if folder is None:
            found.append(f"{path}:1: stands in no folder that the table of floors knows")
            continue
        found += edge_faults(graph, str(path), folder)
        found += wall_faults(graph, str(path), folder)
    return found


if __name__ == "__main__":
    sys.exit(tree.report(faults_in(tree.root_from(sys.argv[1:])), "floors"))
