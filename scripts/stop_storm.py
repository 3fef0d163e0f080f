#!/usr/bin/env python3
"""Stops a node again and again, at another moment each time, while its events are followed and its control API is used.

Each round starts caf-node on a simulator, followers and other clients on it, and sends SIGTERM after a drawn time,
sometimes twice, sometimes amid a storm of SIGHUP. It must end with 0 (75 when asked twice), in time, and with nothing
on standard error, where a sanitizer would speak. Python's standard library only.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

DRAIN_SECONDS = 3
STOP_SECONDS = DRAIN_SECONDS + 2
CONFIG = """apiVersion: caf-node/v1
kind: Node
node: {{name: storm, region: storm}}
control: {{address: 127.0.0.1, port: 0}}
log: {{level: info, format: json, file: {log}}}
drain_timeout: {drain}s
exchanges:
  - name: deribit
    venue: deribit
    url: {{host: 127.0.0.1, port: {port}, path: /ws/api/v2, tls: false}}
    auth: {{method: client_credentials, client_id: sim-key, client_secret: {{from: env, name: STORM_SECRET}}}}
    connections:
      - {{name: a, channels: [ticker.BTC-PERPETUAL.100ms], count: 4}}
"""
REQUESTS = ["GET /livez", "GET /readyz?verbose=1", "GET /metrics", "GET /api/v1/tree", "GET /api/v1/connections",
            "GET /api/v1/status", "GET /api/v1/orders?connection=a-1", "POST /api/v1/connections/a-2/close"]


class failed(Exception):
    pass


def connect(path):
    to = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    to.settimeout(STOP_SECONDS + 30)
    to.connect(path)
    return to


def exchange(path, request, body_wanted):
    """One request on a connection of its own; a follower reads until the node goes."""
    method, target = request.split(" ")
    try:
        with connect(path) as to:
            to.sendall(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nX-Caf-Node: 1\r\nContent-Length: 0\r\n"
                       "Connection: close\r\n\r\n".encode())
            while to.recv(65536) and body_wanted:
                pass
    except OSError:
        pass # the node is going: that is what this is about


class storm:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.bin = pathlib.Path(arguments.bin).resolve()
        self.chance = random.Random(arguments.seed)
        self.simulator = subprocess.Popen([self.bin / "exchange-sim", "--port", "0", "--control-port", "0"],
                                          stdout=subprocess.PIPE, text=True)
        self.port = self.read_port()

    def read_port(self):
        for line in self.simulator.stdout:
            if line.startswith("websocket"):
                threading.Thread(target=self.simulator.stdout.read, daemon=True).start()
                return int(line.split("127.0.0.1:")[1].split("/")[0])
        raise failed("the simulator did not start")

    def close(self):
        self.simulator.terminate()
        self.simulator.wait()

    def start_node(self, log, errors):
        config = self.folder / "storm.yaml"
        config.write_text(CONFIG.format(log=log, drain=DRAIN_SECONDS, port=self.port))
        return subprocess.Popen([self.bin / "caf-node", "--config", config], stdin=subprocess.DEVNULL, stdout=errors,
                                stderr=errors, env={**os.environ, "STORM_SECRET": "sim-secret",
                                                    "XDG_RUNTIME_DIR": str(self.folder), "RUNTIME_DIRECTORY": ""})

    def await_control(self, node, log):
        """The path of the control API's socket; None when the node ended before it had one."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and node.poll() is None:
            for line in log.read_text().splitlines() if log.exists() else []:
                if "the node is up" in line:
                    return json.loads(line)["socket"]
            time.sleep(0.01)
        return None

    def clients(self, path):
        return ([threading.Thread(target=exchange, args=(path, "GET /api/v1/events?follow=1&since=0", True))
                 for _ in range(self.arguments.followers)] +
                [threading.Thread(target=self.use, args=(path, random.Random(self.chance.random())))
                 for _ in range(2)])

    def use(self, path, chance):
        while not self.stopping.is_set():
            exchange(path, chance.choice(REQUESTS), chance.random() < 0.9)

    def round(self, number):
        log = self.folder / "storm.log"
        log.unlink(missing_ok=True)
        self.stopping = threading.Event()
        twice = self.chance.random() < 0.1
        early = self.chance.random() < 0.1 # amid the start
        with open(self.folder / "storm.err", "w+") as errors:
            node = self.start_node(log, errors)
            users = []
            try:
                path = self.await_control(node, log) if not early else self.await_log(log)
                if not early and path is None:
                    raise failed("the node did not start")
                users = self.clients(path) if not early else []
                for each in users:
                    each.start()
                time.sleep(self.chance.random() * (0.05 if early else 0.6))
                if self.chance.random() < 0.3:
                    for _ in range(50):
                        node.send_signal(signal.SIGHUP)
                self.stop(node, twice)
            finally:
                self.stopping.set()
                if node.poll() is None:
                    node.kill()
                    node.wait()
                for each in users:
                    each.join()
            errors.seek(0)
            said = errors.read()
            if said:
                raise failed(f"it said: {said[:4000]}")

    def await_log(self, log):
        """Signals are heard before the log is opened."""
        while not log.exists():
            time.sleep(0.001)

    def stop(self, node, twice):
        began = time.monotonic()
        node.send_signal(signal.SIGTERM)
        if twice:
            time.sleep(self.chance.choice((0, 0.5)) + self.chance.random() * 0.02) # from 0.5 s on it hurries
            node.send_signal(signal.SIGTERM)
        try:
            code = node.wait(STOP_SECONDS * self.arguments.patience)
        except subprocess.TimeoutExpired:
            raise failed(f"it did not stop within {STOP_SECONDS * self.arguments.patience} s") from None
        if code != 0 and not (twice and code == 75):
            raise failed(f"it ended with {code}")
        self.slowest = max(getattr(self, "slowest", 0.0), time.monotonic() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="the folder of caf-node and exchange-sim")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=1e9, help="ends sooner, after so many")
    parser.add_argument("--followers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=int, default=1, help="a stop may take so many times as long: for sanitizers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stop-storm-") as folder:
        run = storm(arguments, pathlib.Path(folder))
        end = time.monotonic() + arguments.minutes * 60
        done = 0
        try:
            while done < arguments.rounds and time.monotonic() < end:
                run.round(done)
                done += 1
        except failed as problem:
            print(f"stop_storm: round {done} of seed {arguments.seed}: {problem}", file=sys.stderr)
            return 1
        finally:
            run.close()
        print(f"stop_storm: {done} stops, the slowest took {run.slowest:.2f} s")
        return 0


if __name__ == "__main__":
    sys.exit(main())
