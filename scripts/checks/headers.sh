#!/usr/bin/env bash
# Compiles each public header alone, so that none leans on what its includers happened to include before it.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build
cmake -S . -B build/headers -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="-O0 -g0" \
  -DCAFNODE_TESTS=OFF -DCMAKE_VERIFY_INTERFACE_HEADER_SETS=ON >build/configure-headers.log 2>&1 || {
  cat build/configure-headers.log
  exit 1
}
cmake --build build/headers --parallel "$(nproc)" --target all_verify_interface_header_sets
