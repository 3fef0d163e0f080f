#pragma once

#include "runtime/observe/metrics.hpp"

#include <cstdint>

namespace cafnode::observe {

/// What the kernel says of this process; zeros where /proc cannot be read.
struct process_figures {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_files = 0;
  double start_unix_seconds = 0;
};

[[nodiscard]] process_figures read_process_figures();

/// Adds the standard process_* metrics, read at each render.
void add_process_metrics(registry& to);

} // namespace cafnode::observe
