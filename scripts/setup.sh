#!/usr/bin/env bash
# Installs the packages that caf-node builds with and that are missing. For Debian 12 and 13; Ubuntu 24.04 is untried.
#
#   scripts/setup.sh          what building, testing and running need
#   scripts/setup.sh --full   also clang with its sanitizers' runtime (fuzzing), clang-format 14 (the format check),
#                             Erlang (supervision beside OTP's), and Node.js with npm where there is none (the check
#                             with a public client library)
#
# Asks nothing, and changes nothing when all is there. As root, or with sudo.
set -euo pipefail

BOOST_VERSIONS="1.81 1.83 1.88 1.90" # the first that is installed, else the first that can be had

say() { printf '%s\n' "setup: $*" >&2; }

die() {
  say "$@"
  exit 1
}

installed() { [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

available() { [[ -n "$(apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)"')" ]]; }

needed_packages() {
  printf '%s\n' g++ cmake ninja-build ccache pkg-config python3 openssl ca-certificates \
    libcaf-dev libc-ares-dev libssl-dev libfmt-dev libspdlog-dev libyaml-cpp-dev libsimdjson-dev prometheus-cpp-dev \
    libsqlite3-dev libcli11-dev doctest-dev
}

# Wanted only for --full; where the archive has no such package, that step of the full run is skipped and says so.
full_packages() {
  printf '%s\n' clang clang-format-14 erlang-base
  # Wherever they come from: another archive's Node.js does not stand beside Debian's npm.
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    printf '%s\n' nodejs npm
  fi
  local major
  major=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
  printf '%s\n' "libclang-rt-${major:-14}-dev"
}

boost_installed() {
  local version
  for version in $BOOST_VERSIONS; do
    if installed "libboost${version}-dev" && installed "libboost-json${version}-dev"; then
      return 0
    fi
  done
  return 1
}

boost_packages() {
  local version
  for version in $BOOST_VERSIONS; do
    if available "libboost-json${version}-dev"; then
      printf '%s\n' "libboost${version}-dev" "libboost-json${version}-dev"
      return
    fi
  done
  die "no Boost of ${BOOST_VERSIONS// /, } in this system's archive; Debian 12 has one"
}

missing_of() {
  local package
  for package in "$@"; do
    installed "$package" || printf '%s\n' "$package"
  done
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  else
    sudo -n true 2>/dev/null || say "sudo may ask for your password"
    sudo "$@"
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

install_packages() {
  local removed
  removed=$(apt-get -s install --no-install-recommends "$@" 2>/dev/null | awk '/^Remv/ {print $2}' | paste -sd ' ')
  [[ -z "$removed" ]] || say "apt removes what cannot stand beside them: $removed"
  say "installing $*"
  apt_get install -y --no-install-recommends "$@" >&2 || die "apt could not install them; its reason stands above"
}

main() {
  local full=no
  case "${1:-}" in
    "") ;;
    --full) full=yes ;;
    *) say "usage: scripts/setup.sh [--full]"; exit 2 ;;
  esac
  command -v dpkg-query >/dev/null || die "this is not Debian or Ubuntu; CONTRIBUTING.md lists what to install by hand"

  local -a wanted missing
  mapfile -t wanted < <(needed_packages)
  [[ $full == no ]] || mapfile -t -O "${#wanted[@]}" wanted < <(full_packages)
  mapfile -t missing < <(missing_of "${wanted[@]}")
  if [[ ${#missing[@]} -eq 0 ]] && boost_installed; then
    return
  fi

  [[ $EUID -eq 0 ]] || command -v sudo >/dev/null || die "missing: ${missing[*]}; run this as root or install sudo"
  say "refreshing the package lists"
  apt_get update >/dev/null || say "could not refresh them; going on with those at hand"
  if [[ $full == yes ]]; then # the lists know better now which clang there is
    mapfile -t wanted < <(needed_packages && full_packages)
    mapfile -t missing < <(missing_of "${wanted[@]}")
  fi
  local -a chosen=()
  local package
  for package in "${missing[@]}"; do
    if available "$package"; then
      chosen+=("$package")
    elif needed_packages | grep -qx -- "$package"; then
      die "this system's archive has no package $package; Debian 12 has it"
    else
      say "this system's archive has no package $package; going on without"
    fi
  done
  boost_installed || mapfile -t -O "${#chosen[@]}" chosen < <(boost_packages)
  [[ ${#chosen[@]} -eq 0 ]] || install_packages "${chosen[@]}"
}

main "$@"
