#!/usr/bin/env python3
"""Plain text manners: no tabs, no trailing space, 120 columns, a final newline, and words that must not stand."""
import pathlib
import re
import sys

import tree

COLUMNS_MAX = 120
TEXT_SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".txt", ".md", ".yaml", ".yml", ".json", ".js", ".mjs", ".css",
                 ".html", ".toml", ".supp"}
TEXT_NAMES = {".clang-format", ".clang-tidy", ".editorconfig", ".gitignore", "CMakeLists.txt"}
WRAPPED_SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".yaml", ".yml", ".js", ".mjs"}
CLOCK_PLACES = ("runtime/process/timer_thread.cpp", "runtime/host/", "runtime/net/", "sim/", "bench/", "apps/", "e2e/")
CLOCKLESS_PLACES = ("sim/line/", "sim/market/", "sim/deribit/", "sim/virtual/")

# Written in two halves, so that this file does not hold what it forbids.
LATER = "TO" "DO|FIX" "ME|XX" "X"
OUTSIDE = "/wo" "rk/|shared/" "reference|\\.\\./sha" "red"


def is_text(path):
    return path.suffix in TEXT_SUFFIXES or path.name in TEXT_NAMES or str(path).startswith(".ci/")


def mirrored(path):
    """A test's path without `tests/`: what holds for a folder holds for its tests."""
    return path[len("tests/"):] if path.startswith("tests/") else path


def may_read_clock(path):
    return mirrored(path).startswith(CLOCK_PLACES) and not mirrored(path).startswith(CLOCKLESS_PLACES)


# (pattern, applies to this path, what to do instead)
CPP_WORDS = [
    (r"\bsleep_(?:for|until)\b", lambda path: path.startswith("tests/"), "wait for an event, or turn a virtual clock"),
    (r"(?:steady_clock|system_clock|high_resolution_clock|\bclock)::now\s*\(",
     lambda path: not may_read_clock(path), "take the time as an argument"),
    (r"\[=[\],]", lambda path: True, "name what a lambda captures"),
    (r"\bstd::cout\b", lambda path: True, "use fmt::print, or the log"),
    (r"(?<![A-Za-z0-9_])assert\s*\(", lambda path: True, "use CAFNODE_INVARIANT, or a result"),
    (r"<cassert>|<iostream>", lambda path: True, "not needed here"),
]
ANY_WORDS = [
    (rf"\b(?:{LATER})\b", "do it, or leave it out"),
    (OUTSIDE, "the project stands alone: nothing in it names a place outside"),
]


def line_faults(where, path, line):
    if "\t" in line:
        yield f"{where}: a tab"
    if line != line.rstrip():
        yield f"{where}: trailing space"
    if path.suffix in WRAPPED_SUFFIXES | {".txt"} and len(line) > COLUMNS_MAX:
        yield f"{where}: {len(line)} columns; the limit is {COLUMNS_MAX}"
    for pattern, instead in ANY_WORDS:
        hit = re.search(pattern, line)
        if hit:
            yield f"{where}: '{hit[0]}': {instead}"
    if path.suffix not in tree.CPP_SUFFIXES:
        return
    for pattern, applies, instead in CPP_WORDS:
        hit = re.search(pattern, line)
        if hit and applies(path.as_posix()):
            yield f"{where}: '{hit[0]}': {instead}"


def faults_of(path, text):
    path = pathlib.PurePosixPath(path)
    if text and not text.endswith("\n"):
        yield f"{path}:{text.count(chr(10)) + 1}: no newline at the end"
    for number, line in enumerate(text.split("\n"), 1):
        yield from line_faults(f"{path}:{number}", path, line)


def faults_in(root):
    return [fault for path in tree.files(root) if is_text(path) for fault in faults_of(path, tree.read(root, path))]


if __name__ == "__main__":
    sys.exit(tree.report(faults_in(tree.root_from(sys.argv[1:])), "text"))
