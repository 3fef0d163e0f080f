#include "actors/session/heartbeat_watch.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

heartbeat_watch::heartbeat_watch(heartbeat_limits limits, base::time_point now) : limits_{limits}, started_{now} {
  CAFNODE_INVARIANT(limits.answer_deadline > base::duration::zero(), "a heartbeat answer needs some time");
  CAFNODE_INVARIANT(limits.silence_limit > limits.answer_deadline, "silence is longer than one answer");
}

void heartbeat_watch::asked(base::time_point asked) {
  // A second question before the first answer: the first is the one that is late.
  if (!asked_at_)
    asked_at_ = asked;
}

std::optional<base::duration> heartbeat_watch::answered(base::time_point written) {
  if (!asked_at_)
    return std::nullopt;
  const auto span = written - *asked_at_;
  asked_at_.reset();
  return span;
}

watch_verdict heartbeat_watch::look(base::time_point last_frame, base::time_point now) {
  const auto heard = std::max(last_frame, started_);
  const auto quiet = now - heard;
  if (quiet >= limits_.silence_limit)
    return watch_verdict::silent;
  if (quiet < limits_.silence_limit / 2 || (probed_at_ && *probed_at_ >= heard))
    return watch_verdict::fine;
  probed_at_ = now;
  return watch_verdict::probe;
}

base::time_point heartbeat_watch::next_look(base::time_point last_frame) const {
  const auto heard = std::max(last_frame, started_);
  const bool probed = probed_at_ && *probed_at_ >= heard;
  return heard + (probed ? limits_.silence_limit : limits_.silence_limit / 2);
}

} // namespace cafnode::session
