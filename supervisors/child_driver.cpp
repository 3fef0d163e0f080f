#include "supervisors/child_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

namespace {

using process::reason_code;

} // namespace

const end_reason& never_ended() {
  static const end_reason why{reason_code::stuck, "it was killed and did not end"};
  return why;
}

void child_driver::start(child_record& child) {
  child.incarnation = ++child.attempts;
  if (child.circuit == circuit_state::open) { // whoever starts it: it is an attempt
    child.circuit = circuit_state::half_open;
    heard_.tell(transition::circuit_half_open, child);
  }
  children_.set_phase(child, child_phase::called);
  out_.push(start_process{child.ref()});
}

void child_driver::spawned(child_record& child) {
  children_.set_phase(child, child_phase::spawned);
  heard_.tell(transition::child_starting, child);
  if (const auto limit = child.start_within())
    out_.arm(timer_purpose::start, child.slot, *limit);
}

void child_driver::up(child_record& child, bool ready) {
  const auto limit = child.start_within();
  const bool waited = child.has_process();
  children_.set_phase(child, child_phase::up);
  child.started_order = ++last_start_;
  if (ready) {
    if (waited && limit)
      out_.cancel(timer_purpose::start, child.slot);
    now_ready(child);
  } else if (limit) {
    out_.arm(timer_purpose::start, child.slot, *limit);
  }
  heard_.tell(transition::child_started, child, {child.last, {}});
}

void child_driver::now_ready(child_record& child) {
  children_.set_phase(child, child_phase::ready);
  child.ready_since = now_.steady;
  if (const auto limit = child.progress_within())
    out_.arm(timer_purpose::progress, child.slot, *limit);
  if (child.circuit == circuit_state::half_open)
    out_.arm(timer_purpose::health, child.slot, child.healthy_after(flags_.circuit.healthy_after));
}

void child_driver::announced(child_record& child) {
  if (child.start_within())
    out_.cancel(timer_purpose::start, child.slot);
  now_ready(child);
  heard_.tell(transition::child_ready, child);
}

void child_driver::take_over(child_record& child, std::uint32_t incarnation) {
  child.incarnation = incarnation;
  child.started_order = ++last_start_;
  now_ready(child);
  heard_.tell(transition::child_started, child, {child.last, {}});
}

end_reason child_driver::give_up_start(child_record& child, const end_reason& why) {
  out_.push(release_process{child.ref()});
  if (child.start_within())
    out_.cancel(timer_purpose::start, child.slot);
  if (!child.is_killed())
    return why;
  cancel_end_timer(child);
  return child.late_start();
}

void child_driver::start_failed(child_record& child, const end_reason& why) {
  child.last = why.code;
  child.troubles().last_text = why.text;
  children_.set_phase(child, child_phase::stopped);
  heard_.tell(transition::child_start_failed, child, why);
}

void child_driver::ignored(child_record& child) {
  children_.set_phase(child, child_phase::stopped);
  heard_.tell(transition::child_ignored, child);
}

void child_driver::start_is_due(child_record& child) {
  if (child.phase == child_phase::up)
    return doom(child, transition::child_killed, child.late_start());
  if (child.phase != child_phase::spawned)
    return;
  heard_.tell(transition::child_killed, child, {reason_code::start_failed, "it was not up in time"});
  kill(child);
}

void child_driver::look(const child_record& child) {
  if (runs_on(child.phase))
    out_.push(check_progress{child.ref()});
}

void child_driver::looked(child_record& child, bool got_on) {
  const auto limit = child.progress_within();
  if (!runs_on(child.phase) || !limit)
    return;
  if (got_on)
    return out_.arm(timer_purpose::progress, child.slot, *limit);
  doom(child, transition::child_stalled,
       {reason_code::stuck, fmt::format("it made no progress for {} ms", limit->count())});
}

/// Kills a child that runs, for what its watchdog found; it then fails for `why`.
void child_driver::doom(child_record& child, transition what, end_reason why) {
  heard_.tell(what, child, why);
  unwatch(child);
  child.troubles().pending = std::move(why);
  children_.set_phase(child, after_kill(child.phase));
  out_.push(kill_process{child.ref()});
  arm_end_timer(child, end_timer::stuck, flags_.stuck_after);
}

void child_driver::unwatch(const child_record& child) {
  if (child.progress_within())
    out_.cancel(timer_purpose::progress, child.slot);
  if (child.start_within() && !child.is_ready())
    out_.cancel(timer_purpose::start, child.slot);
  if (child.circuit == circuit_state::half_open)
    out_.cancel(timer_purpose::health, child.slot);
}

void child_driver::watch_anew(const child_record& child, const child_options& old) {
  if (!runs_on(child.phase))
    return;
  const auto watch = [&](timer_purpose purpose, const auto& before, const auto& after) {
    if (before != after)
      after ? out_.arm(purpose, child.slot, *after) : out_.cancel(purpose, child.slot);
  };
  if (!child.is_ready())
    return watch(timer_purpose::start, old.start_within, child.start_within());
  watch(timer_purpose::progress, old.progress_within, child.progress_within());
  if (child.circuit == circuit_state::half_open) {
    const auto left = child.healthy_after(flags_.circuit.healthy_after) - (now_.steady - child.ready_since);
    out_.arm(timer_purpose::health, child.slot, std::max(left, base::duration{}));
  }
}

void child_driver::ended(child_record& child, end_reason why) {
  unwatch(child);
  if (child.is_killed())
    cancel_end_timer(child);
  else
    child.troubles().pending = std::move(why);
  children_.set_phase(child, after_end(child.phase));
}

void child_driver::ask_to_end(child_record& child) {
  unwatch(child);
  children_.set_phase(child, after_ask(child.phase));
  heard_.tell(transition::child_stopping, child);
  if (child.is_killed())
    return; // the kill is on its way
  const auto mode = child.shutdown();
  if (std::holds_alternative<brutal_kill>(mode))
    return kill(child);
  if (past_deadline_)
    return kill_for_deadline(child);
  out_.push(ask_process{child.ref()});
  if (const auto* limit = std::get_if<grace>(&mode); limit && mode_ == stop_mode::each_alone)
    arm_end_timer(child, end_timer::grace, limit->span);
}

void child_driver::arm_end_timer(child_record& child, end_timer which, base::duration after) {
  child.bounded_by = which;
  out_.arm(which == end_timer::grace ? timer_purpose::grace : timer_purpose::stuck, child.slot, after);
}

void child_driver::cancel_end_timer(child_record& child) {
  const auto was = std::exchange(child.bounded_by, end_timer::none);
  if (was != end_timer::none)
    out_.cancel(was == end_timer::grace ? timer_purpose::grace : timer_purpose::stuck, child.slot);
}

void child_driver::kill(child_record& child) {
  children_.set_phase(child, after_kill(child.phase));
  out_.push(kill_process{child.ref()});
  if (mode_ == stop_mode::each_alone)
    arm_end_timer(child, end_timer::stuck, flags_.stuck_after);
}

void child_driver::kill_late(child_record& child, std::string_view why) {
  heard_.tell(transition::child_killed, child, {reason_code::killed, std::string{why}});
  cancel_end_timer(child);
  kill(child);
}

void child_driver::kill_for_deadline(child_record& child) {
  kill_late(child, "the time for the whole stop was over");
}

void child_driver::stopped(child_record& child, const end_reason& why) {
  cancel_end_timer(child);
  child.last = why.code;
  if (child.trouble) {
    child.trouble->last_text = why.text;
    child.trouble->pending = {};
  } else if (!why.text.empty()) {
    child.troubles().last_text = why.text;
  }
  children_.set_phase(child, child_phase::stopped);
  heard_.tell(transition::child_stopped, child, why);
  out_.push(release_process{child.ref()});
}

void child_driver::fence(const child_record& child, std::uint32_t incarnation) {
  heard_.tell_other(transition::child_fenced, child, incarnation, never_ended());
  out_.push(fence_process{{child.slot, incarnation}});
}

void child_driver::drop(child_record& child) {
  children_.set_phase(child, child_phase::gone);
  heard_.tell(transition::child_deleted, child);
  children_.remove(child.slot);
}

} // namespace cafnode::supervision
