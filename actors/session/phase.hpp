#pragma once

#include "runtime/base/time.hpp"

#include <cstdint>
#include <string_view>

namespace cafnode::session {

/// Where a connection stands. Only `live` may send orders.
enum class phase : std::uint8_t { idle, dialing, authenticating, subscribing, reconciling, live, draining, closed };

[[nodiscard]] std::string_view to_string(phase value) noexcept;

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
