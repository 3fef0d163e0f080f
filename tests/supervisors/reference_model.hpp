#pragma once

#include "apps/trace/script.hpp"

#include <string>
#include <vector>

namespace cafnode::test {

/// What OTP's supervisor does with `script`, by its rules alone: a second implementation that shares nothing with the
/// library. Each line ends with "at_ms", as those of trace::run_script with times.
///
/// What no script of the generators does is not modelled: a supervisor that is killed.
[[nodiscard]] std::vector<std::string> expected_trace(const trace::trace_script& script);

/// Where two traces with times part, in one line; empty when they agree. An answer may stand among the events of its
/// own time wherever it likes: who is answered and who goes on working do so at the same time.
[[nodiscard]] std::string first_difference(const std::vector<std::string>& want, const std::vector<std::string>& got);

} // namespace cafnode::test
