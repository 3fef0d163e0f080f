#pragma once

#include "supervisors/child_spec.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cafnode::trace {

struct script_supervisor;

/// One child of a script; `sup` is set where it is a supervisor.
struct script_child {
  std::string id;
  supervision::restart_type restart = supervision::restart_type::permanent;
  std::optional<supervision::shutdown_mode> shutdown;
  bool significant = false;
  bool stubborn = false; // does not end when asked
  std::shared_ptr<const script_supervisor> sup;
};

struct script_supervisor {
  std::string id;
  supervision::supervisor_flags flags;
  std::vector<script_child> children;
};

/// One step: `what` is the script's word, the rest as far as the step has it.
struct script_step {
  std::string what;
  std::string id;
  std::string sup;
  std::string reason;
  std::int64_t count = 0; // times, or milliseconds
  script_child child;
};

struct trace_script {
  script_supervisor root;
  std::vector<script_step> steps;
};

/// Reads the JSON of a script. The alternative says what is wrong with it.
[[nodiscard]] std::variant<trace_script, std::string> read_script(std::string_view json);

} // namespace cafnode::trace
