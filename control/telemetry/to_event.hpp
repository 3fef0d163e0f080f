#pragma once

#include "control/push/config_news.hpp"
#include "runtime/observe/event.hpp"
#include "supervisors/event.hpp"

/// What happens in a node, as its events: each conversion is the only one of its kind. For sessions see notice.hpp.
namespace cafnode::control {

/// Its kind is the transition's name, its subject the child, or the supervisor for what is its own.
[[nodiscard]] observe::event to_event(const supervision::event& happened);

/// Its correlation is the version of the configuration.
[[nodiscard]] observe::event to_event(const config_news& happened);

} // namespace cafnode::control
