#include "runtime/process/reason.hpp"

#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>

#include <utility>

namespace cafnode::process {

namespace {

constexpr auto category = caf::atom("process"); // at most ten characters
constexpr auto exit_category = caf::atom("exit");

reason_code from_exit_reason(std::uint8_t code) noexcept {
  switch (static_cast<caf::exit_reason>(code)) {
  case caf::exit_reason::normal:
    return reason_code::normal;
  case caf::exit_reason::user_shutdown:
    return reason_code::shutdown;
  case caf::exit_reason::kill:
    return reason_code::killed;
  case caf::exit_reason::remote_link_unreachable:
    return reason_code::peer_unavailable;
  default:
    return reason_code::crashed;
  }
}

bool asks_to_wait(const caf::message& context) {
  return context.match_elements<std::string, std::int64_t>();
}

} // namespace

caf::error make_reason(reason_code code, std::string text, std::chrono::milliseconds retry_after) {
  if (code == reason_code::normal)
    return {};
  if (retry_after > retry_after.zero())
    return {static_cast<std::uint8_t>(code), category,
            caf::make_message(std::move(text), std::int64_t{retry_after.count()})};
  return {static_cast<std::uint8_t>(code), category, caf::make_message(std::move(text))};
}

reason_code code_of(const caf::error& reason) noexcept {
  if (!reason)
    return reason_code::normal;
  if (reason.category() == exit_category)
    return from_exit_reason(reason.code());
  if (reason.category() != category || reason.code() > static_cast<std::uint8_t>(reason_code::refused))
    return reason_code::crashed;
  return static_cast<reason_code>(reason.code());
}

std::string text_of(const caf::error& reason) {
  if (!reason)
    return {};
  if (reason.category() == category &&
      (reason.context().match_elements<std::string>() || asks_to_wait(reason.context())))
    return reason.context().get_as<std::string>(0);
  if (reason.category() == exit_category && code_of(reason) != reason_code::crashed)
    return {}; // its code says all that CAF's rendering would
  return caf::to_string(reason);
}

std::chrono::milliseconds retry_after_of(const caf::error& reason) {
  if (!reason || reason.category() != category || !asks_to_wait(reason.context()))
    return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{reason.context().get_as<std::int64_t>(1)};
}

std::string_view to_string(reason_code code) noexcept {
  switch (code) {
  case reason_code::normal:
    return "normal";
  case reason_code::shutdown:
    return "shutdown";
  case reason_code::killed:
    return "killed";
  case reason_code::crashed:
    return "crashed";
  case reason_code::start_failed:
    return "start_failed";
  case reason_code::peer_unavailable:
    return "peer_unavailable";
  case reason_code::stuck:
    return "stuck";
  case reason_code::refused:
    return "refused";
  }
  return "unknown";
}

} // namespace cafnode::process
