#include "actors/session/link_pulse.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::session {

namespace {

using base::duration;
using base::time_point;

// A timer that is so late was not served: the process was stopped, or its thread had other work.
constexpr std::chrono::milliseconds late_max{250};

// After so long away a question that is out is asked anew.
constexpr std::chrono::seconds away_long{1};

// A thread that is always late judges nothing; so often it may.
constexpr int again_max = 5;

// To read what came meanwhile.
constexpr std::chrono::milliseconds catch_up{500};

constexpr std::chrono::seconds look_every{1};
constexpr std::chrono::milliseconds last_step_takes{100};
constexpr std::chrono::milliseconds last_step_late_max{50};

// The least silence that ends a connection: a lost segment is sent again within it, and less than the aim of 3 s.
constexpr std::chrono::milliseconds silence_min{2600};

// The first question of a way that was never measured.
constexpr std::chrono::seconds first_question{1};

// 0.75, 1.5, 3 and 6 s: after that the exchange's own interval is soon over.
constexpr int in_vain_max = 4;

constexpr std::chrono::milliseconds interval_slack{500};

// Doublings of what an answer may take: from 1 s beyond any limit of silence.
constexpr int ends_max = 6;

} // namespace

link_pulse::link_pulse(pulse_limits limits) : limits_{limits} {
  use(limits);
}

void link_pulse::use(pulse_limits limits) {
  limits_ = limits;
  CAFNODE_INVARIANT(limits.interval > duration::zero(), "an exchange that never speaks by itself");
  CAFNODE_INVARIANT(limits.silence_limit > duration::zero(), "every silence would be too long");
}

void link_pulse::dialing() {
  open_ = ready_ = false;
  away_.reset();
}

void link_pulse::opened(time_point now) {
  gaps_ = {};
  heard_ = news_ = early_from_ = now;
  probed_at_.reset();
  last_step_.reset();
  open_ = true;
  greeted_ = asked_ = ended_ = false;
  in_vain_ = again_ = 0;
}

void link_pulse::ready(time_point now) {
  ready_ = true;
  ready_at_ = news_ = now;
}

void link_pulse::attend(time_point now) {
  if (!promised_ || now - *promised_ <= late_max)
    return;
  away_ = absence{*promised_, now};
  const auto late = now - *promised_;
  promised_ = now + look_every;
  heard_ += late;
  news_ += late;
  if (!probed_at_ || again_ >= again_max)
    return;
  ++again_;
  last_step_.reset();
  *probed_at_ += late + catch_up;
  heard_ += catch_up;
  if (late < away_long)
    return;
  heard_ = now;
  probed_at_.reset();
}

void link_pulse::acknowledged(duration took, time_point now) {
  round_trips_.add(took, now);
  measured_ = true;
  ends_ = 0;
}

void link_pulse::heard(frame_role role, time_point now) {
  // The set-up begins with a question: until there is a better measure, its answer tells how long the way is.
  if (!ready_ && !std::exchange(greeted_, true) && !round_trips_.known())
    round_trips_.add(now - heard_, now);
  stirred(now);
  again_ = 0;
  if (role == frame_role::answer)
    return;
  if (ready_)
    gaps_.add(now - news_);
  news_ = now;
  in_vain_ = 0;
}

void link_pulse::stirred(time_point now) {
  heard_ = now;
  probed_at_.reset();
  last_step_.reset();
}

void link_pulse::probed(time_point now) {
  probed_at_ = now;
  asked_ = true;
  ++in_vain_;
}

void link_pulse::cannot_afford(time_point now) {
  early_from_ = now + look_every;
}

time_point link_pulse::early_due() const {
  // Whoever has never answered is asked once without need; so is one whose predecessor ended without an answer.
  if ((!measured_ || ends_ > 0) && !asked_)
    return std::max(early_from_, ready_at_ + first_question);
  const auto unusual = gaps_.unusual_after();
  if (!unusual || in_vain_ >= in_vain_max)
    return time_point::max();
  return std::max(early_from_, news_ + *unusual * (1 << in_vain_));
}

time_point link_pulse::probe_due() const {
  return heard_ + std::min(limits_.interval + limits_.interval / 10 + interval_slack, limits_.silence_limit / 2);
}

duration link_pulse::patience() const {
  const auto learned = round_trips_.patience();
  // Where data flows, its end speaks for itself.
  return measured_ || gaps_.flows() ? learned : std::max<duration>(learned, round_trips::patience_unknown);
}

time_point link_pulse::dead_at() const {
  const bool soon = *probed_at_ - heard_ <= gap_model::flow_gap_max + late_max;
  const int more = 1 << ends_;
  const auto at = std::max(*probed_at_ + patience() * more, (soon ? heard_ : *probed_at_) + silence_min * more);
  return std::min(at, std::max(heard_ + limits_.silence_limit, *probed_at_ + round_trips::patience_min));
}

pulse_verdict link_pulse::last_step(time_point now) {
  const bool late = last_step_ && now - *last_step_ > last_step_takes + last_step_late_max;
  if (!last_step_ || (late && again_++ < again_max))
    last_step_ = now;
  if (now - *last_step_ < last_step_takes)
    return pulse_verdict::fine;
  if (ready_ && !std::exchange(ended_, true))
    ends_ = std::min(ends_ + 1, ends_max);
  return pulse_verdict::silent;
}

pulse_verdict link_pulse::look(time_point now) {
  attend(now);
  if (!open_)
    return pulse_verdict::fine;
  if (!ready_)
    return quiet(now) >= limits_.silence_limit ? last_step(now) : pulse_verdict::fine;
  if (probed_at_)
    return now >= dead_at() ? last_step(now) : pulse_verdict::fine;
  if (now >= probe_due())
    return pulse_verdict::probe;
  return now >= early_due() ? pulse_verdict::probe_early : pulse_verdict::fine;
}

time_point link_pulse::next_look(time_point now) {
  auto next = now + look_every;
  if (last_step_)
    next = std::min(next, *last_step_ + last_step_takes);
  else if (ready_)
    next = std::min(next, probed_at_ ? dead_at() : std::min(early_due(), probe_due()));
  promised_ = std::max<time_point>(next, now + std::chrono::milliseconds{1});
  return *promised_;
}

} // namespace cafnode::session
