#!/usr/bin/env bash
# Lets caf-node heal from the faults of `run.sh --smoke` round after round, for so many minutes (60 unless said), and
# watches that neither its memory nor its open files grow from round to round.
exec "$(dirname "$0")/run.sh" --soak "${1:-60}"
