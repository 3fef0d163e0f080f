#include "actors/session/heartbeat_watch.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::session {

heartbeat_watch::heartbeat_watch(heartbeat_limits limits) : limits_{limits}, asks_after_{limits.interval} {
  use(limits);
}

void heartbeat_watch::use(heartbeat_limits limits) {
  if (limits.interval != limits_.interval)
    asks_after_ = limits.interval;
  limits_ = limits;
  CAFNODE_INVARIANT(limits.answer_deadline > base::duration::zero(), "a heartbeat answer needs some time");
  CAFNODE_INVARIANT(limits.silence_limit > limits.answer_deadline, "silence is longer than one answer");
}

void heartbeat_watch::opened(base::time_point now) {
  open_ = true;
  spoke_ = now;
  asked_at_.reset();
  last_missed_ = false;
}

void heartbeat_watch::asked(base::time_point now, const std::optional<absence>& away) {
  // A second question before the first answer: the first is the one that is late.
  if (asked_at_)
    return;
  asked_at_ = now;
  if (away && due() < away->until) {
    asked_at_ = std::clamp(due(), away->from, now);
  } else if (const auto after = now - spoke_; after >= limits_.interval && (!away || away->until < spoke_)) {
    asks_after_ = measured_ ? std::min(asks_after_, after) : after;
    measured_ = true;
  }
}

std::optional<base::duration> heartbeat_watch::answered(base::time_point written) {
  if (!asked_at_)
    return std::nullopt;
  const auto span = written - *asked_at_;
  asked_at_.reset();
  last_missed_ = missed(span);
  return span;
}

std::optional<base::duration> heartbeat_watch::ended(base::time_point now, bool for_it,
                                                     const std::optional<absence>& away) {
  if (!std::exchange(open_, false))
    return std::nullopt;
  if (const auto asked = std::exchange(asked_at_, std::nullopt)) {
    const auto span = now - *asked;
    return for_it || missed(span) ? std::optional{span} : std::nullopt;
  }
  if (last_missed_)
    return std::nullopt;
  if (for_it)
    return std::max(now - due(), base::duration::zero());
  if (!limits_.peer_asks || !away || due() >= away->until)
    return std::nullopt;
  // The question was never read; whoever was away when it had to be answered has missed it.
  const auto late = away->until - std::max(due(), away->from);
  return missed(late) ? std::optional{late} : std::nullopt;
}

} // namespace cafnode::session
