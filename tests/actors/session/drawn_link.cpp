#include "tests/actors/session/drawn_link.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cafnode::test {

using namespace std::chrono_literals;
using base::duration;
using base::time_point;
using session::frame_role;
using session::pulse_verdict;

namespace {

constexpr duration ask_after = 10'600ms;
constexpr auto day_and_night = 3h;

double share(base::rng& chance) {
  return static_cast<double>(chance.between(1, 1'000'000)) / 1'000'000;
}

duration between(base::rng& chance, duration low, duration high) {
  return duration{chance.between(low.count(), high.count())};
}

/// Between the two, each order of magnitude as likely as the next.
duration magnitude(base::rng& chance, duration low, duration high) {
  const double ratio = static_cast<double>(high.count()) / static_cast<double>(low.count());
  return duration{static_cast<std::int64_t>(static_cast<double>(low.count()) * std::pow(ratio, share(chance)))};
}

} // namespace

link_character link_character::draw(base::rng& chance) {
  link_character one;
  one.way = magnitude(chance, 100us, 150ms);
  one.jitter = magnitude(chance, 50us, 30ms);
  one.tail_max = magnitude(chance, 50ms, 700ms);
  one.stall_every = magnitude(chance, 2min, 2h);
  one.stall_max = magnitude(chance, 200ms, 1400ms);
  one.gap = chance.chance(1, 6) ? duration::zero() : magnitude(chance, 100ms, 4s);
  one.slower_at_night = chance.chance(1, 2) ? 100 : 1;
  one.burst = chance.chance(1, 3) ? static_cast<int>(chance.between(2, 20)) : 1;
  one.regular = chance.chance(1, 3);
  one.pause_every = magnitude(chance, 5min, 6h);
  one.pause_max = magnitude(chance, 100ms, 60s);
  one.reconnect_every = magnitude(chance, 10min, 12h);
  return one;
}

drawn_link::drawn_link(link_character character, std::uint64_t seed)
    : is_{character}, chance_{seed}, pulse_{session::pulse_limits{}} {
  connect();
  if (is_.pause_every > duration::zero())
    plan(step::pause, now_ + around(is_.pause_every));
}

void drawn_link::connect() {
  ++life_;
  unread_.clear();
  down_free_ = up_free_ = {};
  last_read_ = now_;
  pulse_.dialing();
  pulse_.opened(now_);
  pulse_.ready(now_);
  if (is_.gap > duration::zero())
    plan(step::emit, now_ + gap());
  if (is_.reconnect_every > duration::zero()) {
    if (storm_ == 0 && chance_.chance(1, 4))
      storm_ = 20;
    plan(step::reconnect, now_ + (storm_ > 0 ? up_to(2s) : around(is_.reconnect_every)));
    storm_ = std::max(0, storm_ - 1);
  }
  send_up(now_);
  arm_look();
}

void drawn_link::run(duration span) {
  const auto end = now_ + span;
  while (!dead_ && !ahead_.empty() && ahead_.top().at <= end) {
    const auto next = ahead_.top();
    ahead_.pop();
    now_ = std::max(now_, next.at);
    happen(next);
  }
  now_ = std::max(now_, dead_ ? now_ : end);
}

void drawn_link::plan(step what, time_point at) {
  plan(what, at, frame{});
}

void drawn_link::plan(step what, time_point at, frame content) {
  ahead_.push({at, ++last_order_, what, life_, content});
}

void drawn_link::happen(const happening& one) {
  const bool ours = one.what == step::pause || one.what == step::resume || one.what == step::look;
  if (one.life != life_ && !ours)
    return;
  switch (one.what) {
  case step::emit:
    return emit();
  case step::ask:
    if (one.order == ask_)
      send_down({frame_role::news, true, {}}, now_);
    return;
  case step::served: // a question has reached the exchange: it is answered, and the next request of its own is put off
    send_down({frame_role::answer, false, one.content.asked_at}, now_ + around(500us));
    plan(step::ask, now_ + ask_after);
    ask_ = last_order_;
    return;
  case step::arrive:
    return now_ < stopped_until_ ? unread_.push_back(one.content) : read(one.content);
  case step::look:
    if (one.order != look_)
      return;
    look_missed_ = now_ < stopped_until_;
    return look_missed_ ? void() : look();
  case step::pause:
    pause(magnitude(chance_, 10ms, std::max<duration>(is_.pause_max, 20ms)));
    return plan(step::pause, stopped_until_ + around(is_.pause_every));
  case step::resume:
    return resume();
  case step::reconnect:
    if (now_ >= stopped_until_)
      return connect();
    return plan(step::reconnect, stopped_until_ + 1s);
  }
}

void drawn_link::pause(duration span) {
  stopped_until_ = std::max(stopped_until_, now_ + span);
  plan(step::resume, stopped_until_);
}

void drawn_link::resume() {
  if (now_ < stopped_until_)
    return;
  // Timers and sockets are ready at once: either may be served first.
  const bool timer_first = chance_.chance(1, 2);
  if (timer_first && std::exchange(look_missed_, false))
    look();
  for (const auto& one : std::exchange(unread_, {}))
    read(one);
  if (!dead_ && std::exchange(look_missed_, false))
    look();
}

void drawn_link::emit() {
  for (int i = 0; i < is_.burst; ++i)
    send_down({}, now_);
  plan(step::emit, now_ + gap());
}

duration drawn_link::gap() {
  const bool night = (now_ - began_) % (2 * day_and_night) >= day_and_night;
  const auto mean = is_.gap * (night ? is_.slower_at_night : 1) * (is_.burst > 1 ? 2 : 1);
  return is_.regular ? mean * 95 / 100 + up_to(mean / 10) : around(mean);
}

time_point drawn_link::across(time_point from) {
  auto arrives = from + is_.way + around(is_.jitter);
  if (chance_.chance(1, 1000))
    arrives += up_to(is_.tail_max);
  if (is_.stall_every > duration::zero() && from >= stall_until_) {
    stall_from_ = std::max(from, stall_until_ + around(is_.stall_every));
    stall_until_ = stall_from_ + up_to(is_.stall_max);
  }
  return from >= stall_from_ && from < stall_until_ ? std::max(arrives, stall_until_ + is_.way) : arrives;
}

void drawn_link::send_down(frame content, time_point from) {
  if (muted_)
    return;
  down_free_ = std::max(down_free_, across(from));
  plan(step::arrive, down_free_, content);
}

void drawn_link::send_up(time_point from) {
  up_free_ = std::max(up_free_, across(from));
  plan(step::served, up_free_, {frame_role::answer, false, from});
}

void drawn_link::read(const frame& content) {
  ++frames_;
  last_read_ = now_;
  pulse_.attend(now_);
  if (content.asks)
    send_up(now_);
  if (content.role == frame_role::answer)
    pulse_.acknowledged(now_ - content.asked_at, now_);
  pulse_.heard(content.role, now_);
}

void drawn_link::look() {
  const auto verdict = pulse_.look(now_);
  if (verdict == pulse_verdict::silent) {
    dead_ = true;
    return;
  }
  if (verdict != pulse_verdict::fine) {
    ++questions_;
    pulse_.probed(now_);
    send_up(now_);
  }
  arm_look();
}

void drawn_link::arm_look() {
  // Timers are a little late.
  plan(step::look, pulse_.next_look(now_) + up_to(2ms));
  look_ = last_order_;
}

duration drawn_link::around(duration mean) {
  return duration{static_cast<std::int64_t>(-std::log(share(chance_)) * static_cast<double>(mean.count()))};
}

duration drawn_link::up_to(duration longest) {
  return between(chance_, duration::zero(), longest);
}

} // namespace cafnode::test
