#pragma once

#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::process {

/// Why a process ended. Travels between nodes: append, never renumber.
enum class reason_code : std::uint8_t {
  normal = 0,           // its work is done
  shutdown = 1,         // it was asked to stop
  killed = 2,           // it was ended from outside without being asked
  crashed = 3,          // an exception or a broken assumption of ours
  start_failed = 4,     // it never came up
  peer_unavailable = 5, // the outside world: an exchange, a network, a peer; not our bug
  stuck = 6,            // it did not end within its grace
  refused = 7,          // the outside world says no for good: wrong credentials, forbidden
};

/// A reason with a sentence for the operator, of any length. `normal` gives the empty caf::error, as CAF has it.
/// `retry_after`: whoever starts the process again is asked to wait that long; zero or less says nothing.
[[nodiscard]] caf::error make_reason(reason_code code, std::string text = {},
                                     std::chrono::milliseconds retry_after = std::chrono::milliseconds{0});

/// The code of any CAF error. CAF's own exit reasons are mapped: kill to killed, user_shutdown to shutdown,
/// remote_link_unreachable to peer_unavailable. Every other error is crashed, which is how an exception in a plain CAF
/// actor arrives.
[[nodiscard]] reason_code code_of(const caf::error& reason) noexcept;

/// The sentence given to make_reason; none for CAF's own exit reasons that have a code of ours; else CAF's rendering.
[[nodiscard]] std::string text_of(const caf::error& reason);

/// How long the process asked to be left alone, as given to make_reason; zero for every other error.
[[nodiscard]] std::chrono::milliseconds retry_after_of(const caf::error& reason);

[[nodiscard]] std::string_view to_string(reason_code code) noexcept;

} // namespace cafnode::process
