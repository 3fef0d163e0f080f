#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Ends with ctest's own summary; its exit status is ctest's.
#
#   scripts/test.sh           the release build and its tests
#   scripts/test.sh --full    also whether each header compiles alone; before that everything under the address and
#                             undefined-behaviour sanitizers, and each fuzz target for 30 s where clang has libFuzzer;
#                             then random supervision scripts on OTP's own supervisor and on ours, where there is erl
#
# CAFNODE_FUZZ_SECONDS changes the 30 s, CAFNODE_OTP_SCRIPTS the number of scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

JOBS=$(nproc)
FUZZ_SECONDS=${CAFNODE_FUZZ_SECONDS:-30}
OTP_SCRIPTS=${CAFNODE_OTP_SCRIPTS:-300}
export NINJA_STATUS="[%f/%t, %es] " CLICOLOR_FORCE=0
failed=()

headline() { printf '\n==== %s ====\n' "$*"; }

# Runs one step of the full run; a failure is kept for the end, so that one run shows everything.
step() {
  local what=$1
  shift
  headline "$what"
  if ! "$@"; then
    failed+=("$what")
    headline "FAILED: $what"
  fi
}

build() {
  cmake --preset "$1" >"build/configure-$1.log" 2>&1 || {
    cat "build/configure-$1.log"
    return 1
  }
  cmake --build --preset "$1" --parallel "$JOBS"
}

sanitized_suite() { build asan-ubsan && ctest --preset asan-ubsan --parallel "$JOBS" -LE tree; }

has_libfuzzer() {
  local probe='extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }'
  command -v clang++ >/dev/null &&
    clang++ -fsanitize=fuzzer,address -x c++ - -o build/libfuzzer-probe 2>/dev/null <<<"$probe"
}

# Every program of that build whose name says that it fuzzes.
fuzz_targets() {
  ninja -C build/fuzz -t targets all | sed -n 's|^\([A-Za-z0-9-]*_fuzz\): phony$|\1|p' | sort -u
}

# Folders of inputs to start from.
seeds_of() {
  local folder
  local -a wanted=("tests/fuzz/seeds/$1")
  case $1 in
    config_fuzz) wanted+=(conf tests/conf/bad) ;;
    decode_fuzz) wanted+=(tests/frames) ;;
  esac
  for folder in "${wanted[@]}"; do
    [[ ! -d $folder ]] || printf '%s\n' "$folder"
  done
}

fuzz_one() {
  local target=$1 corpus=build/fuzz/corpus/$1 found=build/fuzz/found/$1
  mkdir -p "$corpus" "$found"
  local -a seeds
  mapfile -t seeds < <(seeds_of "$target")
  headline "fuzz: $target, $FUZZ_SECONDS s"
  "build/fuzz/bin/$target" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found/" "$corpus" ${seeds[@]+"${seeds[@]}"} >"build/fuzz/$target.log" 2>&1 || {
    tail -n 60 "build/fuzz/$target.log"
    printf 'the input that did it is in %s\n' "$found"
    return 1
  }
  grep '^stat::' "build/fuzz/$target.log"
}

fuzz_all() {
  # The libraries report their coverage, too: without it the fuzzer would be blind to them.
  cmake --preset fuzz -DCMAKE_CXX_FLAGS=-fsanitize=fuzzer-no-link >build/configure-fuzz.log 2>&1 || {
    cat build/configure-fuzz.log
    return 1
  }
  local -a targets
  mapfile -t targets < <(fuzz_targets)
  [[ ${#targets[@]} -gt 0 ]] || {
    printf 'no fuzz targets are configured\n'
    return 1
  }
  ninja -C build/fuzz -j "$JOBS" "${targets[@]}" || return 1
  # Side by side: each has one thread, and waits for its time.
  local target status=0
  local -a running=()
  for target in "${targets[@]}"; do
    fuzz_one "$target" &
    running+=("$!")
  done
  for target in "${running[@]}"; do
    wait "$target" || status=1
  done
  return $status
}

# The same scripts each time: a merge is not the place to meet one that was never run.
held_against_otp() {
  python3 tests/supervisors/otp/otp_diff.py --check "$OTP_SCRIPTS" --program build/release/bin/sup-trace \
    --save build/otp-differs
}

full_steps() {
  step "sanitizers: build and tests with address,undefined" sanitized_suite
  if has_libfuzzer; then
    step "fuzzing: $FUZZ_SECONDS s a target" fuzz_all
  else
    headline "fuzzing: skipped, there is no clang with libFuzzer here"
  fi
}

main() {
  local full=no
  case "${1:-}" in
    "") scripts/setup.sh ;;
    --full)
      full=yes
      scripts/setup.sh --full
      ;;
    *)
      printf 'usage: scripts/test.sh [--full]\n' >&2
      exit 2
      ;;
  esac
  mkdir -p build
  [[ $full == no ]] || full_steps

  headline "release: build"
  build release
  if [[ $full == yes ]] && command -v erl >/dev/null && command -v erlc >/dev/null; then
    step "OTP: $OTP_SCRIPTS random scripts on its supervisor and on ours" held_against_otp
  fi
  if [[ ${#failed[@]} -gt 0 ]]; then
    printf '\nThis run fails whatever the tests below say. Failed before them:\n'
    printf '  %s\n' "${failed[@]}"
  fi
  headline "release: tests"
  local -a left_out=()
  [[ $full == yes ]] || left_out=(-LE full)
  ctest --preset release --parallel "$JOBS" ${left_out[@]+"${left_out[@]}"}
  [[ ${#failed[@]} -eq 0 ]]
}

main "$@"
