#pragma once

#include "apps/trace/script.hpp"

#include <string>
#include <vector>

namespace cafnode::trace {

/// What a supervisor of `script` refuses about its plan, in one line; empty when it can run.
[[nodiscard]] std::string faults_of(const trace_script& script);

struct trace_options {
  bool times = false; // each line ends with "at_ms", virtual milliseconds since the root was started
};

/// Runs `script` on a tree of real supervisors in virtual time and gives its trace, one JSON object a line, in the form
/// of the recorded ones.
[[nodiscard]] std::vector<std::string> run_script(const trace_script& script, trace_options options = {});

} // namespace cafnode::trace
