#pragma once

#include "runtime/observe/event_log.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cafnode::control {

/// Every kind of event that this node may publish, and those in the log whatever they are; by name.
[[nodiscard]] std::vector<std::string> event_kinds(const observe::event_log& log);

/// Whether `kind` is one of them.
[[nodiscard]] bool is_event_kind(const observe::event_log& log, std::string_view kind);

} // namespace cafnode::control
