#pragma once

#include "runtime/base/time.hpp"

namespace cafnode::session {

/// Learns how long the exchange takes to answer on one connection. Pure. Outlives the connection: the way stays the
/// same.
class round_trips {
public:
  /// A question is never given up before this.
  static constexpr std::chrono::milliseconds patience_min{1000};

  /// As long as no answer was ever seen.
  static constexpr std::chrono::seconds patience_unknown{5};

  /// An answer came after `took`, zero or more.
  void add(base::duration took, base::time_point now);

  [[nodiscard]] bool known() const noexcept { return known_; }

  /// How long an answer may take before it is missing: a few usual round trips, and twice the worst of the last hour or
  /// so.
  [[nodiscard]] base::duration patience() const noexcept;

private:
  bool known_ = false;
  base::duration usual_{};
  base::duration spread_{};
  base::duration worst_{};
  base::time_point worst_since_{};
};

} // namespace cafnode::session
