#!/usr/bin/env python3
"""Stops a node while something hangs: a name server, a TCP connection, a TLS handshake, an upgrade, or the
reader of its log. SIGTERM must end it within drain_timeout and 2 s, with 0, or with 75 where it is the node itself that
hangs. Python's standard library only; the name server needs root, for a mount namespace.
"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

DRAIN_SECONDS = 2
LIMIT_SECONDS = DRAIN_SECONDS + 2
CONFIG = """apiVersion: caf-node/v1
kind: Node
node: {{name: hang, region: hang}}
control: {{address: "{control}", port: 0, socket: "{folder}/own/control.sock"}}
log: {{level: info, format: json{log}}}
drain_timeout: {drain}s
exchanges:
  - name: deribit
    venue: deribit
    url: {{host: "{host}", port: {port}, path: /ws/api/v2, tls: {tls}}}
    auth: {{method: client_credentials, client_id: sim-key, client_secret: {{from: env, name: HANG_SECRET}}}}
    connections:
      - {{name: a, count: 4}}
"""


def listener(backlog=64):
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(backlog)
    return made


class deaf:
    """A listener whose queue is full drops what comes then, as a firewall does."""

    def __init__(self):
        self.socket = listener(0)
        self.port = self.socket.getsockname()[1]
        self.fillers = []
        for _ in range(4):
            self.fillers.append(socket.socket())
            self.fillers[-1].setblocking(False)
            self.fillers[-1].connect_ex(("127.0.0.1", self.port))


class mute:
    """Takes connections and says nothing, or what it is told to say to each."""

    def __init__(self, words=b""):
        self.socket = listener()
        self.port = self.socket.getsockname()[1]
        self.words = words
        self.taken = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True: # as long as this program runs
            one = self.socket.accept()[0]
            self.taken.append(one)
            if self.words:
                one.recv(65536)
                one.sendall(self.words)


def start(binaries, folder, prefix, out, config, begun):
    """A node, once `begun` is true. With `out` it logs there, which nobody reads."""
    (folder / "own").mkdir(mode=0o700)
    file = folder / "node.yaml"
    file.write_text(CONFIG.format(folder=folder, drain=DRAIN_SECONDS, log="" if out else f', file: "{folder}/node.log"',
                                  **config))
    node = subprocess.Popen([*prefix, binaries / "caf-node", "--config", file], stdin=subprocess.DEVNULL,
                            stdout=out or subprocess.DEVNULL, stderr=out or subprocess.DEVNULL,
                            env={**os.environ, "HANG_SECRET": "x" * 8})
    deadline = time.monotonic() + 30
    while not begun():
        if node.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("stop_in_time: the node did not come so far that it hangs")
        time.sleep(0.02)
    time.sleep(0.7) # into whatever hangs
    return node


def with_silent_names(folder):
    """Asks 127.0.0.153, where nobody answers and nothing refuses."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.153", 53))
    (folder / "resolv.conf").write_text("nameserver 127.0.0.153\n")
    mount = f'mount --bind "{folder}/resolv.conf" /etc/resolv.conf && exec "$@"'
    return silent, ["unshare", "-m", "sh", "-c", mount, "sh"]


def full_pipe():
    """Both ends of a pipe that takes nothing more."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    return reader, writer


def case(name, binaries):
    """Gives what the node ended with, and after how long."""
    with tempfile.TemporaryDirectory(prefix="stop-in-time-") as made:
        folder = pathlib.Path(made)
        peer, prefix, pipe = mute(), (), (None, None)
        config = {"host": "127.0.0.1", "tls": "false", "control": "127.0.0.1"}
        begun = lambda: len(peer.taken) > 0
        if name.startswith("name server"):
            config["control" if name.endswith("start") else "host"] = "silent.test"
            silent, prefix = with_silent_names(folder)
            begun = lambda: silent.recv(512)
        elif name == "TCP connection":
            peer = deaf()
            log = folder / "node.log"
            begun = lambda: log.exists() and '"to":"dialing"' in log.read_text()
        elif name == "TLS handshake":
            config["tls"] = "true"
        elif name == "refused upgrade without end":
            peer = mute(b"HTTP/1.1 503 Service Unavailable\r\n\r\nmore to come")
        elif name == "reader of the log":
            pipe = full_pipe()
        node = start(binaries, folder, prefix, pipe[1], {"port": peer.port, **config}, begun)
        began = time.monotonic()
        node.send_signal(signal.SIGTERM)
        try:
            code = node.wait(LIMIT_SECONDS * 8)
        except subprocess.TimeoutExpired:
            node.kill()
            code = "nothing"
        return code, time.monotonic() - began


def may_have_mounts_of_its_own():
    """Root may, but not in a container or a chroot."""
    return shutil.which("unshare") is not None and subprocess.run(
        ["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="the folder of caf-node")
    arguments = parser.parse_args()
    binaries = pathlib.Path(arguments.bin).resolve()
    wanted = {"TCP connection": 0, "TLS handshake": 0, "upgrade": 0, "refused upgrade without end": 0,
              "reader of the log": 0}
    if may_have_mounts_of_its_own():
        wanted |= {"name server": 0, "name server at the start": 75}
    faults = 0
    for name, code_wanted in wanted.items():
        code, took = case(name, binaries)
        good = code == code_wanted and took <= LIMIT_SECONDS
        faults += not good
        print(f"{'ok' if good else 'NOT OK'}: {name}: ended with {code} after {took:.2f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
