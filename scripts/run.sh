#!/usr/bin/env bash
# Builds caf-node and runs it against the exchange simulator on this machine: four supervised connections, a live view.
#
#   scripts/run.sh            until Ctrl-C
#   scripts/run.sh --smoke    unattended: breaks things on purpose, waits until they heal, ends with 0 if all did
#
# Installs what is missing (as root or with sudo). State and logs are under var/.
# With CAFNODE_BIN=FOLDER the programs in that folder are run, and nothing is installed or built.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  "" | --smoke) ;;
  --soak) [[ $# -eq 2 ]] || { printf 'usage: scripts/run.sh --soak MINUTES\n' >&2; exit 2; } ;;
  *)
    printf 'usage: scripts/run.sh [--smoke]\n' >&2
    exit 2
    ;;
esac

if [[ -z "${CAFNODE_BIN:-}" ]]; then
  scripts/setup.sh
  mkdir -p build
  if [[ ! -f build/release/build.ninja ]]; then
    printf 'run: configuring the build\n' >&2
    cmake --preset release >build/configure-release.log 2>&1 || {
      cat build/configure-release.log >&2
      exit 1
    }
  fi
  NINJA_STATUS="[%f/%t, %es] " cmake --build --preset release --target caf-node cafctl exchange-sim >&2
  CAFNODE_BIN=build/release/bin
fi
exec python3 scripts/launcher.py --bin "$CAFNODE_BIN" "$@"
