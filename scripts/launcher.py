#!/usr/bin/env python3
"""Starts the exchange simulator and caf-node on loopback, shows how they do, and stops them together.

Called by scripts/run.sh. Python's standard library only.
"""
import argparse
import ctypes
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATE = ROOT / "var"
WATCHED = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
START_SECONDS = 20
STOP_SECONDS = 20
CONNECT_SECONDS = 5
LOG_TAIL_LINES = 15
PR_SET_PDEATHSIG = 1


def say(text=""):
    print(text, flush=True)


def complain(text):
    print(f"run: {text}", file=sys.stderr, flush=True)


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose_port(usual, what):
    if is_free(usual):
        return usual
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    complain(f"port {usual} ({what}) is taken; using {port}")
    return port


def prepare_child(own_session):
    """What a child needs before it becomes its program: our signals as usual, and an end when we are gone."""
    def prepare():
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if own_session:
            os.setsid()  # Ctrl-C reaches us only; we stop the parts in order
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    return prepare


class part:
    """One program that runs beside us."""

    def __init__(self, name, command, log=None, environment=None):
        self.name = name
        self.log = log
        output = open(log, "ab") if log else None
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=ROOT,
                                        env={**os.environ, **(environment or {})},
                                        preexec_fn=prepare_child(own_session=log is not None))
        if output:
            output.close()

    def ended(self):
        return self.process.poll() is not None

    def stop(self):
        """Asks it to end, and ends it if it does not. Whether it ended by itself."""
        if not self.ended():
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
            return True
        except subprocess.TimeoutExpired:
            complain(f"{self.name} did not stop within {STOP_SECONDS} s and was killed")
            self.process.kill()
            self.process.wait()
            return False

    def tell_end(self):
        complain(f"{self.name} ended with {self.process.returncode}")
        if self.log:
            lines = self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
            print("\n".join(f"    {line}" for line in lines), file=sys.stderr)
            complain(f"the whole log: {self.log.relative_to(ROOT)}")


class broken_start(Exception):
    pass


class stopped(Exception):
    """Somebody asked us to stop."""


def get_status(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def is_well(control_port):
    """Whether the node says that all its connections are live."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{control_port}/api/v1/status", timeout=2) as answer:
            return json.load(answer)["state"] == "ok"
    except (OSError, ValueError, KeyError):
        return False


class launch:
    def __init__(self, arguments):
        self.arguments = arguments
        self.bin = pathlib.Path(arguments.bin).resolve()
        self.parts = []
        self.port = choose_port(9443, "exchange simulator")
        self.sim_control = choose_port(9444, "the simulator's control API")
        self.control = choose_port(7601, "caf-node's control API")
        for folder in ("log", "sim"):
            (STATE / folder).mkdir(parents=True, exist_ok=True)
        self.audit = STATE / "sim" / "audit.jsonl"

    def check_programs(self):
        for name in ("caf-node", "cafctl", "exchange-sim"):
            if not (self.bin / name).is_file():
                raise broken_start(f"there is no {self.bin / name}; build it first")

    def fresh_log(self, name):
        """The path of a log; what the last run wrote is kept beside it."""
        path = STATE / "log" / f"{name}.log"
        if path.exists():
            path.replace(path.with_suffix(".log.1"))
        return path

    def start(self, *arguments, **options):
        self.parts.append(part(*arguments, **options))
        return self.parts[-1]

    def start_simulator(self):
        if self.audit.exists():
            self.audit.replace(self.audit.with_suffix(".jsonl.1"))
        sim = self.start("exchange-sim", [
            self.bin / "exchange-sim", "--port", str(self.port), "--control-port", str(self.sim_control),
            "--audit", self.audit, "--state-dir", STATE / "sim", "--seed", str(self.arguments.seed)],
            log=self.fresh_log("exchange-sim"))
        self.wait_for(sim, f"http://127.0.0.1:{self.sim_control}/status")

    def node_command(self):
        command = [self.bin / "caf-node", "--region", "tokyo", "--control-port", str(self.control)]
        if self.port != 9443:  # the built-in configuration dials 9443: the same one, with another port
            config = STATE / "node.yaml"
            text = (ROOT / "conf" / "node.yaml").read_text()
            config.write_text(text.replace("port: 9443", f"port: {self.port}"))
            command += ["--config", config]
        return command

    def start_node(self):
        node = self.start("caf-node", self.node_command(), log=self.fresh_log("caf-node"), environment={
            "CAF_DERIBIT_CLIENT_ID": "sim-key", "CAF_DERIBIT_CLIENT_SECRET": "sim-secret"})
        self.wait_for(node, f"http://127.0.0.1:{self.control}/readyz")
        self.socket = self.find_socket(node)

    @staticmethod
    def find_socket(node):
        """The unix socket of the node, as its log tells: over TCP one may only look."""
        told = re.findall(r'"socket":"([^"]+)"', node.log.read_text(errors="replace"))
        if not told:
            raise broken_start(f"{node.name} did not say where its control socket is; see {node.log}")
        return told[-1]

    def wait_for(self, child, url):
        """Waits until `url` answers that all is well."""
        deadline = time.monotonic() + START_SECONDS
        while get_status(url) != 200:
            if child.ended():
                child.tell_end()
                raise broken_start(f"{child.name} did not start")
            if time.monotonic() > deadline:
                raise broken_start(f"{child.name} was not ready within {START_SECONDS} s; see {child.log}")
            self.next_signal(0.05)

    def next_signal(self, seconds):
        """Waits for a signal; raises `stopped` for one that asks us to stop."""
        caught = signal.sigtimedwait(WATCHED, seconds)
        if caught is not None and caught.si_signo != signal.SIGCHLD:
            raise stopped

    def announce(self):
        say(f"exchange simulator   ws://127.0.0.1:{self.port}/ws/api/v2   control http://127.0.0.1:{self.sim_control}/")
        say(f"caf-node             control http://127.0.0.1:{self.control}/api/v1/status   "
            f"metrics http://127.0.0.1:{self.control}/metrics")
        say(f"logs                 {self.relative(STATE / 'log')}/caf-node.log  exchange-sim.log   "
            f"audit log {self.relative(self.audit)}")
        address = "" if self.control == 7601 else f"CAF_ADDR={self.socket} "
        say(f"ask it yourself      {address}{self.relative(self.bin)}/cafctl status | sup tree | conn ls | event tail")
        say()

    @staticmethod
    def relative(path):
        return os.path.relpath(path, os.getcwd())

    def wait_for_connections(self):
        """Gives the connections a moment, so that the first thing to see is not their start."""
        deadline = time.monotonic() + CONNECT_SECONDS
        while not is_well(self.control) and time.monotonic() < deadline:
            self.next_signal(0.05)

    def start_view(self):
        every = "1s" if sys.stdout.isatty() else "10s"
        if sys.stdout.isatty():
            say("Ctrl-C stops everything.\n")
        return self.start("status view", [self.bin / "cafctl", "status", "--watch", every,
                                          "--addr", self.socket])

    def start_smoke(self):
        command = [sys.executable, ROOT / "scripts" / "smoke.py", "--node", f"127.0.0.1:{self.control}",
                   "--sim", f"127.0.0.1:{self.sim_control}", "--cafctl", self.bin / "cafctl", "--socket", self.socket,
                   "--node-pid", str(self.parts[-1].process.pid)]
        if self.arguments.soak:
            command += ["--minutes", str(self.arguments.soak)]
        return self.start("smoke", command)

    def run(self):
        self.check_programs()
        self.start_simulator()
        self.start_node()
        self.announce()
        unattended = self.arguments.smoke or self.arguments.soak
        self.wait_for_connections()
        last = self.start_smoke() if unattended else self.start_view()
        while True:
            self.next_signal(1)
            if unattended and last.ended():
                return last.process.returncode
            for each in self.parts:
                if each.ended():
                    each.tell_end()
                    return 1

    def stop(self):
        clean = True
        for each in reversed(self.parts):  # the node before its exchange
            clean = each.stop() and clean
        return clean


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="the folder of the programs")
    parser.add_argument("--smoke", action="store_true", help="break things on purpose and see them heal")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="--smoke again and again")
    parser.add_argument("--seed", type=int, default=1, help="of the simulator's market")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    started = launch(arguments)
    status = 1
    try:
        status = started.run()
    except stopped:
        status = 130 if arguments.smoke or arguments.soak else 0
        if sys.stdout.isatty():
            say("\nstopping")
    except broken_start as broken:
        complain(broken)
    if not started.stop():
        status = status or 1
    return status


if __name__ == "__main__":
    sys.exit(main())
