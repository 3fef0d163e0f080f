#pragma once

#include "apps/trace_script.hpp"

#include <string>
#include <vector>

namespace cafnode::trace {

/// Runs `script` on a tree of real supervisors in virtual time and gives its trace, one JSON object a line, in the form
/// of the recorded ones.
[[nodiscard]] std::vector<std::string> run_script(const trace_script& script);

} // namespace cafnode::trace
