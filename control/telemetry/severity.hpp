#pragma once

#include "actors/session/notice.hpp"
#include "control/push/config_news.hpp"
#include "runtime/observe/log_line.hpp"
#include "supervisors/event.hpp"

/// How loud the log tells what happens. error: somebody must act; warn: it was healed; info: a state changed.
namespace cafnode::control {

[[nodiscard]] observe::level severity_of(const supervision::event& happened);
[[nodiscard]] observe::level severity_of(const session::notice& happened);
[[nodiscard]] observe::level severity_of(const config_news& happened);

} // namespace cafnode::control
