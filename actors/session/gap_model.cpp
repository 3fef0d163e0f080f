#include "actors/session/gap_model.hpp"

#include <algorithm>
#include <cmath>

namespace cafnode::session {

namespace {

using seconds = std::chrono::duration<double>;

constexpr double memory_s = 10;  // what is older than this hardly counts
constexpr double evidence_s = 1; // nothing is known before so much was seen
constexpr double factor = 1.5;   // times the usual gap is unusual

double in_seconds(base::duration span) {
  return std::chrono::duration_cast<seconds>(span).count();
}

} // namespace

void gap_model::add(base::duration gap) {
  const double length = in_seconds(std::clamp<base::duration>(gap, base::duration::zero(), gap_max));
  const double kept = memory_s / (memory_s + length);
  seen_s_ = seen_s_ * kept + length;
  squares_s2_ = squares_s2_ * kept + length * length;
}

bool gap_model::flows() const noexcept {
  return seen_s_ >= evidence_s && squares_s2_ <= seen_s_ * in_seconds(flow_gap_max);
}

std::optional<base::duration> gap_model::unusual_after() const {
  if (seen_s_ < evidence_s)
    return std::nullopt;
  // The first x with x >= factor * (squares + x^2) / (seen + x), the usual gap with x among them.
  constexpr double bend = factor - 1;
  const double inside = seen_s_ * seen_s_ - 4 * bend * factor * squares_s2_;
  if (inside < 0)
    return flows() ? std::optional<base::duration>{flow_gap_max} : std::nullopt;
  const seconds first{(seen_s_ - std::sqrt(inside)) / (2 * bend)};
  const auto after = std::max<base::duration>(std::chrono::duration_cast<base::duration>(first), unusual_min);
  return flows() ? std::min<base::duration>(after, flow_gap_max) : after;
}

} // namespace cafnode::session
