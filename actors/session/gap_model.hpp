#pragma once

#include "runtime/base/time.hpp"

#include <optional>

namespace cafnode::session {

/// Learns how long one connection is usually silent between two frames, from the last ten seconds or so. Pure.
///
/// Each gap weighs as much as it lasts, so that a stream that comes in bursts is judged by its pauses. A silence that
/// is still open counts too: it is unusual only if one and a half of the usual gap, itself included, is shorter than
/// it. So what was heard for a moment only says nothing of a long silence, and a stream that slows down is soon known
/// as slow.
class gap_model {
public:
  /// No silence shorter than this is unusual.
  static constexpr std::chrono::milliseconds unusual_min{750};

  /// Where data flows, every silence of this length is unusual.
  static constexpr std::chrono::milliseconds flow_gap_max{1250};

  /// Two frames came `gap` apart. Longer ones count as `gap_max`.
  void add(base::duration gap);

  /// Whether frames usually come less than `flow_gap_max` apart, as far as is known after some seconds.
  [[nodiscard]] bool flows() const noexcept;

  /// From when on an open silence is unusual; none: nothing known makes any silence unusual.
  [[nodiscard]] std::optional<base::duration> unusual_after() const;

  static constexpr std::chrono::seconds gap_max{12};

private:
  double seen_s_ = 0;     // the gaps themselves, older ones fading
  double squares_s2_ = 0; // their squares
};

} // namespace cafnode::session
