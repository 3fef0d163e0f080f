#include "supervisors/supervisor_process.hpp"

#include "runtime/process/fence.hpp"
#include "runtime/process/tell.hpp"
#include "supervisors/child_queries.hpp"

#include <caf/actor_cast.hpp>

#include <exception>
#include <utility>

namespace cafnode::supervision {

namespace {

struct retry_due {
  child_ref who;
};

struct continue_work {};

end_reason to_end_reason(const caf::error& reason) {
  return make_end_reason(process::code_of(reason), process::text_of(reason), process::retry_after_of(reason));
}

/// A start that failed has a reason even if its factory gave none: an empty one would be `normal`.
end_reason start_failure(const caf::error& reason) {
  return reason ? to_end_reason(reason) : make_end_reason(process::reason_code::start_failed, "no reason was given");
}

} // namespace

} // namespace cafnode::supervision

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::retry_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::continue_work)

namespace cafnode::supervision {

supervisor_process::supervisor_process(caf::actor_config& config, supervisor_plan plan)
    : process_base{config, std::move(plan.path)},
      events_{std::move(plan.events)},
      role_{std::move(plan.role)},
      machine_{std::move(plan.flags), std::move(plan.children), plan.seed, events_ ? this : nullptr} {}

caf::behavior supervisor_process::behave() {
  machine_.begin(now());
  work();
  return {
      [this](start_child& wanted) { take(std::move(wanted)); },
      [this](restart_child& wanted) { take(std::move(wanted)); },
      [this](terminate_child& wanted) { take(std::move(wanted)); },
      [this](delete_child& wanted) { take(std::move(wanted)); },
      [this](start_instance& wanted) { take(std::move(wanted)); },
      [this](terminate_instance& wanted) { take(std::move(wanted)); },
      [this](replace_child& wanted) { take(std::move(wanted)); },
      [this](change_specs& wanted) { take(std::move(wanted)); },
      [this](const which_children& wanted) { return page_of(machine_.children(), wanted); },
      [this](const find_child& wanted) { return report(answer_to(machine_.children(), wanted)); },
      [this](const get_childspec& wanted) { return spec_of(machine_.children(), wanted); },
      [this](const count_children&) { return machine_.count(); },
      [this](const await_start& question) { ready_.on_await(*this, question); },
      [this](const child_up& news) {
        machine_.on_ready(news.who, now());
        work();
      },
      [this](const retry_due& due) {
        machine_.on_retry(due.who, now());
        work();
      },
      [this](const continue_work&) {
        continues_ = false;
        work();
      },
  };
}

void supervisor_process::on_stop(const caf::error& reason) {
  machine_.on_stop(to_end_reason(reason), now());
  work();
}

void supervisor_process::on_end(const caf::error& reason) {
  if (!machine_.has_ended())
    end_unasked(reason);
  // What a process holds it holds until its last handle goes: a child that remembers its supervisor would keep both.
  ready_ = {};
  held_.clear();
  callers_.clear();
  timers_.clear();
}

void supervisor_process::on_watched_end(process::watch_token token, const caf::error& reason) {
  machine_.on_ended({token.first, static_cast<std::uint32_t>(token.second)}, to_end_reason(reason), now());
  work();
}

void supervisor_process::end_unasked(const caf::error& reason) {
  // Killed, or crashed: nobody else would end the children.
  for (const auto& child : held_.all())
    process::kill(child);
  machine_.on_lost(to_end_reason(reason), now());
}

void supervisor_process::work() {
  if (working_)
    return;
  working_ = true;
  std::size_t starts = 0;
  while (machine_.has_action() && starts < starts_per_turn) {
    auto next = machine_.next_action();
    starts += std::holds_alternative<start_process>(next) ? 1 : 0;
    std::visit([this](auto& wanted) { perform(wanted); }, next);
  }
  working_ = false;
  if (machine_.has_action() && !std::exchange(continues_, true))
    process::tell(*this, caf::strong_actor_ptr{ctrl()}, continue_work{});
}

void supervisor_process::take(command wanted) {
  const auto call = ++last_call_;
  if (current_message_id().is_request())
    callers_.emplace(call, make_response_promise());
  machine_.on_command(call, std::move(wanted), now());
  work();
}

start_outcome supervisor_process::call_factory(const child_factory& start) {
  try {
    return start(*this);
  } catch (const std::exception& problem) {
    return start_failed{process::make_reason(process::reason_code::start_failed, problem.what())};
  } catch (...) {
    return start_failed{
        process::make_reason(process::reason_code::start_failed, "an exception that is no std::exception")};
  }
}

void supervisor_process::perform(const start_process& wanted) {
  const auto* start = machine_.factory_of(wanted.who);
  if (!start)
    return;
  const auto outcome = call_factory(*start);
  if (const auto* up = std::get_if<started>(&outcome))
    return adopt(wanted.who, *up);
  if (const auto* failed = std::get_if<start_failed>(&outcome))
    return machine_.on_start_failed(wanted.who, start_failure(failed->reason), now());
  machine_.on_ignored(wanted.who, now());
}

void supervisor_process::adopt(child_ref who, const started& outcome) {
  if (!outcome.child || outcome.child == this)
    return machine_.on_start_failed(
        who, make_end_reason(process::reason_code::start_failed, "the factory gave no process of its own"), now());
  if (!outcome.beats && machine_.watches_progress(who)) {
    process::kill(outcome.child);
    return machine_.on_start_failed(who,
                                    make_end_reason(process::reason_code::start_failed,
                                                    "its spec has progress_within, and its factory gave no beats"),
                                    now());
  }
  held_.hold(who, outcome.child, outcome.beats);
  // One that has ended already is heard of like any other.
  watch_with(outcome.child, {who.slot, who.incarnation});
  machine_.on_started(who, outcome.ready, now());
  if (outcome.ready != readiness::at_once)
    process::tell_urgent(*this, outcome.child, await_start{who});
}

void supervisor_process::perform(const ask_process& wanted) {
  if (const auto* held = held_.find(wanted.who))
    process::ask_to_stop(held->handle);
}

void supervisor_process::perform(const kill_process& wanted) {
  if (const auto* held = held_.find(wanted.who))
    process::kill(held->handle);
}

void supervisor_process::perform(const fence_process& wanted) {
  const auto* held = held_.find(wanted.who);
  if (!held)
    return;
  unwatch_with(held->handle, {wanted.who.slot, wanted.who.incarnation});
  process::fence_and_kill(held->handle, process::reason_code::stuck);
}

void supervisor_process::perform(const release_process& wanted) {
  held_.release(wanted.who); // its end has been told, or it was fenced
}

void supervisor_process::perform(const check_progress& wanted) {
  machine_.on_progress(wanted.who, held_.has_moved(wanted.who), now());
}

void supervisor_process::perform(const arm_timer& wanted) {
  timers_[wanted.key] = after(wanted.after, [this, key = wanted.key] {
    timers_.erase(key);
    machine_.on_timer(key, now());
    work();
  });
}

void supervisor_process::perform(const cancel_timer& wanted) {
  timers_.erase(wanted.key);
}

void supervisor_process::perform(const retry_later& wanted) {
  process::tell(*this, caf::strong_actor_ptr{ctrl()}, retry_due{wanted.who});
}

void supervisor_process::tell(event& happened) {
  if (is_fenced())
    return; // another incarnation has its path by now
  const auto* held = held_.find(happened.who);
  happened.supervisor = label();
  happened.role = role_;
  happened.process = held ? &held->handle : nullptr;
  events_->publish(happened);
}

management_report supervisor_process::report(call_answer answer) {
  const auto* held = held_.find(answer.who);
  return {answer.code, held ? held->handle : caf::actor{}, std::move(answer.text), std::move(answer.plan)};
}

void supervisor_process::perform(answer_call& wanted) {
  const auto found = callers_.find(wanted.call);
  if (found == callers_.end())
    return;
  found->second.deliver(report(std::move(wanted.answer)));
  callers_.erase(found);
}

void supervisor_process::perform(const confirm_start&) {
  ready_.set(*this);
}

void supervisor_process::perform(const end_supervisor& wanted) {
  stop(process::make_reason(wanted.why.code, wanted.why.text, wanted.why.retry_after));
}

} // namespace cafnode::supervision
