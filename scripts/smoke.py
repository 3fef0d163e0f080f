#!/usr/bin/env python3
"""Breaks running connections in five ways and waits until each has healed; then pushes a change that touches none.

Faults of the exchange go through the simulator's control API, kills through cafctl. What happened when is read from the
events of the node, never from the moment at which this program looked. Ends with 0 only if everything came back.
Called by scripts/launcher.py. Python's standard library only.
"""
import argparse
import datetime
import http.client
import json
import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

LIVE_SECONDS = 30          # from the start until all connections are live
HEAL_SECONDS = 60          # from a fault until all is well again
SILENCE_SECONDS = 3        # from a mute until it is noticed, on a connection on which data flows
FLOW_SECONDS = 2           # for data to have flowed so long that it is usual
REST_SECONDS = 31          # between the rounds of a soak
SETTLE_SECONDS = 10        # for the views to show what the events told
SOAK_GROWTH_KB = 16 * 1024 # of resident memory, from the second round of a soak to its last
DOWN_KINDS = {"child_ended", "child_stopping", "child_stopped", "child_killed", "child_start_failed",
              "restart_scheduled"}
DETECTING_KINDS = {"link_closed", "silent", "child_ended"}


class not_healed(Exception):
    pass


class json_client:
    """JSON over HTTP to one address."""

    def __init__(self, address):
        self.address = address

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = json.loads(answer.read() or b"null")
            if answer.status >= 300:
                raise not_healed(f"{method} {path} was answered with {answer.status}: {content}")
            return content
        finally:
            connection.close()


def seconds_of(text):
    """Unix time of an RFC 3339 timestamp."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class event_stream:
    """The events of the node from one on, as they come."""

    def __init__(self, address, since):
        self.connection = http.client.HTTPConnection(address, timeout=None)
        self.connection.request("GET", f"/api/v1/events?follow=1&since={since}")
        self.socket = self.connection.sock # the answer takes it away from the connection
        self.answer = self.connection.getresponse()
        self.events = queue.Queue(100_000)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            for line in self.answer:
                if line.strip():
                    self.events.put(json.loads(line))
        except (OSError, ValueError, http.client.HTTPException):
            pass
        self.events.put(None)

    def close(self):
        """The thread that reads keeps the socket open: it has to be told."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass # the node has ended it
        self.connection.close()

    def next(self, deadline):
        try:
            event = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise not_healed("nothing more happened") from None
        if event is None:
            raise not_healed("the node ended its stream of events")
        if "lost" in event:
            raise not_healed(f"{event['lost']} events came too fast to be followed")
        return event


class healing:
    """Follows events from a fault until the connection that it hit is well again."""

    def __init__(self, paths, expected=None):
        self.paths = paths          # connection path -> name
        self.path = expected        # of the connection that was hit, once it is known
        self.down = set()           # its actors that are not running
        self.phase = "live"
        self.detected = None
        self.healed = None          # when the last thing came back

    def connection_of(self, subject):
        return next((path for path in self.paths if subject == path or subject.startswith(path + "/")), None)

    def detects(self, event):
        fields = event.get("fields", {})
        return event["kind"] in DETECTING_KINDS or (event["kind"] == "phase_changed" and fields.get("from") == "live")

    def take(self, event):
        path = self.connection_of(event["subject"])
        if path is None or (self.path is not None and path != self.path):
            return
        if self.detected is None:
            if not self.detects(event):
                return
            self.path, self.detected = path, seconds_of(event["at"])
        if event["kind"] == "phase_changed":
            self.phase = event["fields"].get("to")
        elif event["kind"] == "child_started":
            self.down.discard(event["subject"])
        elif event["kind"] in DOWN_KINDS:
            self.down.add(event["subject"])
        if event["kind"] in ("phase_changed", "child_started"):
            self.healed = seconds_of(event["at"])

    def is_over(self):
        return self.detected is not None and self.healed is not None and self.phase == "live" and not self.down


class smoke:
    def __init__(self, arguments):
        self.node = json_client(arguments.node)
        self.sim = json_client(arguments.sim)
        self.arguments = arguments
        self.rows = []

    # -- looking ------------------------------------------------------------------------------------------------------

    def connections(self):
        return self.node.ask("GET", "/api/v1/connections")["connections"]

    def wait_until_all_live(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            phases = {each["name"]: each["phase"] for each in self.connections()}
            if phases and all(phase == "live" for phase in phases.values()):
                return sorted(phases)
            if time.monotonic() > deadline:
                raise not_healed(f"not all connections are live after {seconds} s: {phases}")
            time.sleep(0.05)

    def figures(self):
        status = self.node.ask("GET", "/api/v1/status")
        return status["supervision"]["restarts"], status["heartbeats"]["missed"], status["events"]["last_seq"]

    def wait_for_traffic(self, name):
        """Market data flows on this connection: a fault on a quiet one would prove less."""
        deadline = time.monotonic() + SETTLE_SECONDS
        first = self.node.ask("GET", f"/api/v1/connections/{name}")["frames_in"]
        while self.node.ask("GET", f"/api/v1/connections/{name}")["frames_in"] <= first:
            if time.monotonic() > deadline:
                raise not_healed(f"{name} is live, but nothing is received on it")
            time.sleep(0.05)

    # -- faults; each gives the time at which it was done, and the connection it hits where that is known -------------

    def cafctl(self, *words):
        command = [self.arguments.cafctl, *words, "-o", "json", "--addr", self.arguments.socket]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        if done.returncode != 0:
            raise not_healed(f"cafctl {' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def simulated_connection(self, place):
        ids = sorted(each["id"] for each in self.sim.ask("GET", "/connections"))
        if not ids:
            raise not_healed("the simulator has no connections")
        return ids[place % len(ids)]

    def cut(self, _):
        target = self.simulated_connection(0)
        at = time.time()
        self.sim.ask("POST", "/kill", {"target": target, "how": "rst"})
        return at, None

    def mute(self, _):
        time.sleep(FLOW_SECONDS)
        target = self.simulated_connection(1)
        at = time.time()
        self.sim.ask("POST", "/faults", {"type": "mute", "target": target})
        return at, None

    def kill(self, path):
        return seconds_of(self.cafctl("sup", "kill", path)["at"])

    def kill_client(self, each):
        return self.kill(f"{each['path']}/exchange_client"), each

    def kill_heartbeat_manager(self, each):
        return self.kill(f"{each['path']}/heartbeat_manager"), each

    def refuse_authentication(self, each):
        # Of an hour, not of the key: a wrong key is left alone for 30 s from the first refusal, so as not to lock it.
        self.sim.ask("POST", "/faults", {"type": "refuse_auth", "count": 2, "params": {"code": 13028}})
        return seconds_of(self.cafctl("conn", "close", each["name"])["at"]), each

    def check_refusals(self):
        left = [fault for fault in self.sim.ask("GET", "/faults") if fault.get("type") == "refuse_auth"]
        if left:
            raise not_healed(f"the exchange turned away fewer than two logins: {left}")

    # -- one fault, from its start to its end -------------------------------------------------------------------------

    def heal(self, what, fault, target, within=HEAL_SECONDS):
        self.wait_until_all_live(SETTLE_SECONDS)
        self.wait_for_traffic(target["name"])
        paths = {each["path"]: each["name"] for each in self.connections()}
        restarts, missed, last_seq = self.figures()
        stream = event_stream(self.arguments.node, last_seq)
        at, expected = fault(target)
        watch = healing(paths, expected["path"] if expected else None)
        deadline = time.monotonic() + HEAL_SECONDS
        row = {"what": what, "connection": expected["name"] if expected else "?"}
        self.rows.append(row)
        try:
            while not watch.is_over():
                watch.take(stream.next(deadline))
            self.wait_until_all_live(SETTLE_SECONDS)
        finally:
            stream.close()
            row["connection"] = paths.get(watch.path, "?")
            row["detected"] = None if watch.detected is None else max(0.0, watch.detected - at)
            row["live"] = None if not watch.is_over() else max(0.0, watch.healed - at)
            after = self.figures()
            row["restarts"], row["missed"] = after[0] - restarts, after[1] - missed
        if row["detected"] > within:
            raise not_healed(f"{what}: noticed after {row['detected']:.2f} s, and {within} s are allowed")

    def round(self):
        connections = self.connections()
        faults = [
            ("the exchange cut one connection (RST)", self.cut),
            ("killed one client actor", self.kill_client),
            ("killed one heartbeat manager", self.kill_heartbeat_manager),
            ("the exchange muted one connection (open, but silent)", self.mute, SILENCE_SECONDS),
            ("the exchange was too busy for two logins on a reconnect", self.refuse_authentication),
        ]
        for place, (what, fault, *within) in enumerate(faults):
            print(f"smoke: {what} ...", flush=True)
            self.heal(what, fault, connections[place % len(connections)], *within)
        self.check_refusals()
        self.sim.ask("DELETE", "/faults")
        self.push_config()

    def push_config(self):
        """Changes a limit of all connections, by cafctl, and looks at the exchange whether a socket was touched."""
        print("smoke: pushed a change of the configuration ...", flush=True)
        text = self.cafctl("config", "show")["text"]
        now = re.search(r"in_flight_max: (\d+)", text)
        wanted = "in_flight_max: 9" if now[1] != "9" else "in_flight_max: 8"
        before = {row["id"] for row in self.sim.ask("GET", "/connections")}
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text.replace(now[0], wanted))
            file.flush()
            report = self.cafctl("config", "apply", file.name)
        after = {row["id"] for row in self.sim.ask("GET", "/connections")}
        print(f"smoke: version {report['version']} runs after {report['took_us'] / 1000:.1f} ms: "
              f"{report['connections']['changed']} connections changed, {len(after - before)} sockets touched",
              flush=True)
        if report["result"] != "applied" or report["connections"]["changed"] != len(before) or after != before:
            raise not_healed(f"a change that touches no socket did: {report}")

    # -- telling ------------------------------------------------------------------------------------------------------

    def table(self):
        def span(seconds):
            if seconds is None:
                return "never"
            return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"

        titles = ["what was done", "connection", "detected after", "live after", "restarts", "heartbeats missed"]
        lines = [titles] + [[row["what"], row["connection"], span(row.get("detected")), span(row.get("live")),
                             str(row.get("restarts", "?")), str(row.get("missed", "?"))] for row in self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(titles))]
        return "\n".join("  ".join(cell.ljust(width) if place < 2 else cell.rjust(width)
                                   for place, (cell, width) in enumerate(zip(line, widths))) for line in lines)


def resources_of(pid):
    """Resident memory in KiB and open files of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return resident, len(os.listdir(f"/proc/{pid}/fd"))


def soak(driver, minutes, pid):
    """Round after round; faults if the node grows."""
    end = time.monotonic() + minutes * 60
    rounds, first = 0, None
    while time.monotonic() < end:
        driver.rows.clear()
        driver.round()
        rounds += 1
        resident, files = resources_of(pid)
        if rounds == 2:
            first = resident, files
        # Well for so long, a connection begins its back-off anew: otherwise one round's waits add to the next one's.
        time.sleep(REST_SECONDS)
        print(f"{driver.table()}\nsoak: round {rounds}: {resident} KiB resident, {files} open files\n", flush=True)
    if first and (resident - first[0] > SOAK_GROWTH_KB or files > first[1] + 8):
        raise not_healed(f"the node grew from {first[0]} KiB and {first[1]} files to {resident} KiB and {files} files")


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--node", required=True, help="HOST:PORT of the node's control API")
    parser.add_argument("--socket", required=True, help="path of the node's unix socket, for what TCP does not allow")
    parser.add_argument("--sim", required=True, help="HOST:PORT of the simulator's control API")
    parser.add_argument("--cafctl", required=True)
    parser.add_argument("--node-pid", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=0, help="rounds for so long instead of one")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    driver = smoke(arguments)
    try:
        names = driver.wait_until_all_live(LIVE_SECONDS)
        print(f"smoke: {len(names)} connections are live: {', '.join(names)}", flush=True)
        if arguments.minutes:
            soak(driver, arguments.minutes, arguments.node_pid)
            return 0
        driver.round()
    except (not_healed, OSError, http.client.HTTPException, ValueError, KeyError) as broken:
        print(f"\n{driver.table()}\n" if driver.rows else "", end="")
        print(f"smoke: FAILED: {broken}", file=sys.stderr)
        return 1
    print(f"\n{driver.table()}\n\nsmoke: everything came back")
    return 0


if __name__ == "__main__":
    sys.exit(main())
