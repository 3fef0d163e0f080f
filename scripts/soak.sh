#!/usr/bin/env bash
# Lets caf-node heal from the faults of `run.sh --smoke` round after round, for so many minutes (60 unless said), and
# watches that neither its memory nor its open files grow from round to round. Then stops a node a thousand times.
set -euo pipefail
here=$(dirname "$0")
"$here/run.sh" --soak "${1:-60}"
exec python3 "$here/stop_storm.py" --bin "${CAFNODE_BIN:-$here/../build/release/bin}" --rounds 1000
