#include "actors/session/fault_sampler.hpp"

#include <utility>

namespace cafnode::session {

std::optional<std::uint64_t> fault_sampler::show(const venues::protocol_fault& fault, base::time_point now) {
  auto& kind = kinds_.at(static_cast<std::size_t>(fault.kind));
  kind.since += fault.count;
  if (kind.shown_at && now - *kind.shown_at < rest)
    return std::nullopt;
  kind.shown_at = now;
  return std::exchange(kind.since, 0);
}

} // namespace cafnode::session
