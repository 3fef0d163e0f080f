#pragma once

#include "runtime/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cafnode::session {

/// Where a connection stands. Only `live` may send orders.
enum class phase : std::uint8_t { idle, dialing, authenticating, subscribing, reconciling, live, draining, closed };

[[nodiscard]] std::string_view to_string(phase value) noexcept;

/// How long a connection may stay in one phase without getting on. All above zero.
struct phase_limits {
  base::duration dialing = std::chrono::seconds{120};       // the dialer's own deadline comes first
  base::duration authenticating = std::chrono::seconds{30}; // three answers, each with a deadline of its own
  base::duration subscribing = std::chrono::seconds{60};    // as many calls as the channels need
  base::duration reconciling = std::chrono::seconds{30};    // since the last question or answer
};

/// The limit of a phase; none for one that may last: idle and live, closed, and draining, which has limits of its own.
[[nodiscard]] std::optional<base::duration> limit_of(phase value, const phase_limits& limits) noexcept;

/// One step from phase to phase.
struct phase_change {
  phase from = phase::idle;
  phase to = phase::idle;
  base::duration in_phase{}; // how long `from` lasted
};

/// The order in which phases may follow each other: forward through the resume, from `live` back to `reconciling` when
/// the order gate was replaced, to `draining` from any that is up, to `closed` from everywhere, and never out of
/// `closed`: a new connection gets a new client. Anything else is a bug.
class phase_track {
public:
  explicit phase_track(base::time_point now) : since_{now} {}

  phase_change advance(phase to, base::time_point now);

  [[nodiscard]] phase current() const noexcept { return current_; }

  [[nodiscard]] base::time_point since() const noexcept { return since_; }

private:
  phase current_ = phase::idle;
  base::time_point since_;
};

} // namespace cafnode::session
