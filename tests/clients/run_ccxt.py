#!/usr/bin/env python3
"""Runs the ccxt check against a fresh exchange-sim.

    run_ccxt.py SIMULATOR FOLDER

Installs the pinned ccxt into FOLDER once. Exit status: 0 passed, 1 failed, 77 skipped because node, npm or ccxt
cannot be had; with CAFNODE_REQUIRE_CLIENTS=1 that is a failure, too.
"""
import os
import pathlib
import shutil
import subprocess
import sys

CCXT = "ccxt@4.5.84"
SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent


def skip(why):
    print(f"skipped: {why}")
    sys.exit(1 if os.environ.get("CAFNODE_REQUIRE_CLIENTS") == "1" else SKIPPED)


def install(folder):
    """Puts the pinned ccxt into `folder` unless it is there."""
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == CCXT:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n')
    command = ["npm", "install", CCXT, "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        skip(f"npm did not deliver {CCXT} within 180 s")
    if done.returncode != 0:
        skip(f"npm cannot install {CCXT}: {done.stderr.strip()[-400:]}")
    stamp.write_text(CCXT)


def start(simulator, extra):
    """A simulator on free ports, and its addresses by name."""
    command = [simulator, "--port", "0", "--no-control", "--seed", "7", *extra]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    addresses = {}
    for line in running.stdout:
        name, _, value = line.rstrip("\n").partition("  ")
        addresses[name] = value.strip()
        if name == "account":
            break
    if "http" not in addresses:
        sys.exit(f"{simulator} did not start")
    return running, addresses


def check(simulator, folder, extra):
    """Runs the check once; the exit status."""
    running, addresses = start(simulator, extra)
    env = dict(os.environ, CAFNODE_CLIENTS_DIR=str(folder))
    if "ca file" in addresses:
        env["NODE_EXTRA_CA_CERTS"] = addresses["ca file"]
    root = addresses["http"].removesuffix("/api/v2")
    print(f"-- {addresses['websocket']}", flush=True)
    try:
        return subprocess.run(["node", str(HERE / "ccxt_check.mjs"), root, addresses["websocket"]], env=env,
                              timeout=150).returncode
    finally:
        running.terminate()
        if running.wait(10) != 0:
            sys.exit(f"{simulator} ended with {running.returncode}")


def main():
    simulator, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            skip(f"there is no {tool}")
    install(folder)
    state = folder / "state"
    sys.exit(check(simulator, folder, []) or check(simulator, folder, ["--tls", "--state-dir", str(state)]))


if __name__ == "__main__":
    main()
