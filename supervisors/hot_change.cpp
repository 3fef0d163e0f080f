#include "supervisors/hot_change.hpp"

#include "supervisors/plan_check.hpp"
#include "supervisors/restart_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace cafnode::supervision {

/// A change that is being carried out, with all that it takes to undo it.
struct hot_change::work {
  call_id call = 0;
  std::shared_ptr<const change_plan> plan;
  supervisor_flags flags;
  std::vector<child_spec> children; // as wanted
  supervisor_flags old_flags;
  std::vector<current_child> old_children; // in their start order
  std::vector<slot_key> begun;             // started so far by the new specs or, undoing, the old, in that order
  std::vector<slot_key> removed;           // not wanted any more, to be forgotten when all has started
  std::vector<slot_key> lost;              // the old one did not come up again during the undoing
  std::vector<slot_key> left_stopped;      // before the change, until one of their group is tried again
  bool undoing = false;
  std::string failed; // whose start made it necessary
  end_reason why;
};

hot_change::hot_change(ground on) : on_{on} {}

hot_change::~hot_change() = default;

bool hot_change::is_simple() const noexcept {
  return on_.flags.strategy == strategy::simple_one_for_one;
}

std::vector<current_child> hot_change::current() const {
  if (is_simple())
    return {{*on_.instance, false}};
  std::vector<current_child> out;
  for (const auto slot : on_.children.slots()) {
    const auto* child = on_.children.find(slot);
    out.push_back({child->spec(), child->state() == child_state::running});
  }
  return out;
}

std::variant<job, call_answer> hot_change::begin(call_id call, change_specs& wanted) {
  if (const auto faults = check_plan(wanted.flags, wanted.children); !faults.empty())
    return call_answer{answer_code::invalid_spec, {}, describe(faults)};
  if ((wanted.flags.strategy == strategy::simple_one_for_one) != is_simple())
    return call_answer{answer_code::invalid_spec,
                       {},
                       "a supervisor is simple_one_for_one from its start to its end; replace it in its own parent"};
  if (is_simple())
    wanted.children.front().id = on_.instance->id; // it is the one template, whatever it is called
  auto old = current();
  auto plan = std::make_shared<const change_plan>(plan_change(on_.flags, old, wanted.flags, wanted.children));
  if (wanted.only_show)
    return call_answer{answer_code::ok, {}, {}, std::move(plan)};
  work_ = std::make_unique<work>();
  work_->call = call;
  work_->plan = std::move(plan);
  work_->flags = std::move(wanted.flags);
  work_->children = std::move(wanted.children);
  work_->old_flags = on_.flags;
  work_->old_children = std::move(old);
  work_->left_stopped = those_left_stopped();
  if (is_simple())
    return change_instances();
  return job{.kind = job_kind::change_stop, .stop = those_to_stop()};
}

std::vector<slot_key> hot_change::those_to_stop() const {
  std::vector<slot_key> out;
  for (const auto& step : work_->plan->steps) {
    const auto* child = on_.children.find(step.child);
    // One that waits goes on waiting until the change is known to hold.
    const bool stops = step.kind == change_kind::stop && child->state() != child_state::waiting;
    if (stops || step.kind == change_kind::restart)
      out.push_back(child->slot);
  }
  std::ranges::sort(out, {}, [this](slot_key slot) { return on_.children.find(slot)->order; });
  return out;
}

/// The instances go on with what they run; the new template counts from their next end or start on.
call_answer hot_change::change_instances() {
  on_.instance = work_->children.front();
  use_flags(work_->flags);
  for (const auto slot : on_.children.slots()) {
    auto* child = on_.children.find(slot);
    auto spec = *on_.instance;
    spec.id = child->id;
    if (child->own_start)
      spec.start = child->start;
    change_child(*child, std::move(spec));
  }
  return end().answer;
}

/// What runs is watched by the new limits from now on.
void hot_change::change_child(child_record& child, child_spec spec) {
  const auto old = child.options ? *child.options : child_options{};
  on_.children.change(child, std::move(spec));
  on_.driver.watch_anew(child, old);
}

job hot_change::on_stopped() {
  std::vector<child_spec> old;
  if (work_->undoing)
    for (const auto& each : work_->old_children)
      old.push_back(each.spec);
  use_flags(work_->undoing ? work_->old_flags : work_->flags);
  take_specs(work_->undoing ? old : work_->children);
  return {.kind = job_kind::change_start, .start = work_->undoing ? those_that_ran() : those_to_start()};
}

void hot_change::begun(slot_key slot) {
  work_->begun.push_back(slot);
}

/// Makes the table what `wanted` says. What is not in it runs no more; it stays behind the others until it is known
/// that nothing has to be undone.
void hot_change::take_specs(const std::vector<child_spec>& wanted) {
  std::vector<slot_key> order;
  for (const auto& spec : wanted) {
    auto* child = on_.children.find(spec.id);
    if (child)
      change_child(*child, spec);
    else
      on_.heard.tell(transition::child_added, *(child = &on_.children.add(spec)));
    order.push_back(child->slot);
  }
  const std::unordered_set<slot_key> stays{order.begin(), order.end()};
  for (const auto slot : on_.children.slots()) {
    if (stays.contains(slot))
      continue;
    if (work_->undoing) {
      on_.driver.drop(*on_.children.find(slot));
    } else {
      work_->removed.push_back(slot);
      order.push_back(slot);
    }
  }
  on_.children.reorder(order);
}

std::vector<slot_key> hot_change::those_to_start() {
  std::vector<slot_key> out;
  for (const auto& step : work_->plan->steps) {
    const auto* child = on_.children.find(step.child);
    if (step.kind == change_kind::restart || step.kind == change_kind::renew || step.kind == change_kind::start)
      out.push_back(child->slot);
    else if (step.kind == change_kind::change_in_place)
      on_.heard.tell(transition::child_changed, *child, {process::reason_code::normal, step.why});
  }
  return out;
}

std::vector<slot_key> hot_change::those_that_ran() const {
  std::vector<slot_key> out;
  for (const auto& old : work_->old_children)
    if (const auto* child = on_.children.find(old.spec.id); child && old.runs && child->state() != child_state::running)
      out.push_back(child->slot);
  return out;
}

/// Those that are stopped until one of their group, which did not start, is tried again.
std::vector<slot_key> hot_change::those_left_stopped() const {
  std::vector<slot_key> out;
  if (is_independent(on_.flags.strategy))
    return out;
  for (const auto slot : on_.children.slots()) {
    const auto* tried = on_.children.find(slot);
    if (tried->phase != child_phase::waiting_for_turn)
      continue;
    for (const auto next : plan_restart(on_.flags.strategy, on_.children, *tried).start)
      if (on_.children.find(next)->phase == child_phase::stopped)
        out.push_back(next);
  }
  return out;
}

job hot_change::on_failed_start(const child_record& failed, const end_reason& why) {
  if (work_->undoing) { // the old one does not come up again either: that is a failed restart like any other
    work_->lost.push_back(failed.slot);
    auto rest = those_that_ran();
    std::erase_if(rest, [this](slot_key slot) { return std::ranges::find(work_->begun, slot) != work_->begun.end(); });
    return {.kind = job_kind::change_start, .start = std::move(rest)};
  }
  work_->undoing = true;
  work_->failed = failed.id;
  work_->why = why;
  auto stop = std::exchange(work_->begun, {});
  std::erase(stop, failed.slot);
  return {.kind = job_kind::change_stop, .stop = std::move(stop)};
}

hot_change::result hot_change::end() {
  const auto done = std::move(work_);
  if (done->undoing)
    return undone(*done);
  return {done->call, settle(*done), {}};
}

/// Nothing has to be undone any more.
call_answer hot_change::settle(const work& done) {
  for (const auto slot : done.removed) {
    auto* child = on_.children.find(slot);
    if (child->state() == child_state::waiting)
      on_.failures.call_off(*child, false);
    on_.driver.drop(*child);
  }
  forget_paces(*done.plan);
  if (done.plan->changes())
    on_.heard.tell_own(transition::change_applied, child_state::running);
  return {answer_code::ok, {}, {}, done.plan};
}

hot_change::result hot_change::undone(const work& done) {
  const auto name = done.why.text.empty() ? process::to_string(done.why.code) : std::string_view{done.why.text};
  auto text = fmt::format("{} did not start: {}", done.failed, name);
  on_.heard.tell_own(transition::change_undone, child_state::running, make_end_reason(done.why.code, text));
  result out{done.call, {answer_code::undone, {}, std::move(text), done.plan}, {}};
  for (const auto slot : done.lost) {
    auto* child = on_.children.find(slot);
    if (!child)
      continue;
    if (is_forgotten(on_.flags.strategy, *child)) {
      on_.driver.drop(*child);
      continue;
    }
    on_.children.set_phase(*child, child_phase::waiting_for_turn);
    out.lost.push_back(child->ref());
  }
  return out;
}

std::optional<call_id> hot_change::abandon() {
  const auto given_up = std::move(work_);
  return given_up ? std::optional{given_up->call} : std::nullopt;
}

void hot_change::use_flags(const supervisor_flags& flags) {
  const bool was_independent = is_independent(on_.flags.strategy);
  const bool now_independent = is_independent(flags.strategy);
  if (!was_independent && now_independent) // there is no group any more: they come up by themselves, by a timer
    for (const auto slot : work_->left_stopped)
      if (auto* child = on_.children.find(slot); child && child->phase == child_phase::stopped)
        on_.children.set_phase(*child, child_phase::waiting_for_time);
  on_.flags = flags;
  on_.budgets.change(on_.flags);
  forget_paces(*work_->plan);
  if (was_independent != now_independent)
    on_.failures.wait_anew();
}

/// How long children have waited by flags that are no more.
void hot_change::forget_paces(const change_plan& plan) {
  on_.failures.forget_paces(plan.changes(change_flag::pacing), plan.changes(change_flag::circuit));
}

} // namespace cafnode::supervision
