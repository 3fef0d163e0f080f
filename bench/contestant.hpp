#pragma once

#include "bench/report.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace cafnode::bench {

/// Runs `work` in a process of its own, so that what one contestant leaves in the allocator does not flatter the next,
/// and gives its figures. Only while the caller has no other thread. Throws std::runtime_error with what `work` threw,
/// or when it is not done within `limit`.
[[nodiscard]] figures measure_apart(const std::function<figures()>& work, std::chrono::seconds limit);

/// Runs the program `words[0]`, found as a shell would, with the other words, and reads the figures that it prints, one
/// a line: "p50_us 16.1". Throws std::runtime_error when it fails or is not done within `limit`.
[[nodiscard]] figures measure_program(const std::vector<std::string>& words, std::chrono::seconds limit);

} // namespace cafnode::bench
