#include "tests/supervisors/random_life.hpp"

#include "supervisors/plan_check.hpp"
#include "supervisors/restart_plan.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace cafnode::test {

using namespace supervision;
using namespace std::chrono_literals;
using code = process::reason_code;

random_life::random_life(std::uint64_t seed) : chance_{seed} {
  flags_ = any_flags(static_cast<strategy>(chance_.between(0, 3)));
  std::vector<child_spec> children;
  for (std::size_t i = 0, n = is_simple() ? 1 : pick(7); i < n; ++i)
    children.push_back(any_child("c" + std::to_string(i), flags_));
  REQUIRE(check_plan(flags_, children).empty());
  rig_ = std::make_unique<machine_rig>(flags_, children, seed);
  for (int i = 0; i < 9; ++i)
    rig_->renewing.insert("c" + std::to_string(i));
  rig_->begin();
}

bool random_life::is_simple() const {
  return flags_.strategy == strategy::simple_one_for_one;
}

bool random_life::is_group() const {
  return !is_independent(flags_.strategy);
}

std::chrono::milliseconds random_life::span(std::int64_t low, std::int64_t high) {
  return std::chrono::milliseconds{chance_.between(low, high)};
}

supervisor_flags random_life::any_flags(strategy chosen) {
  auto out = flags(chosen, pick(5));
  out.period = one_in(2) ? 5s : 700ms;
  out.stuck_after = 300ms;
  if (chosen != strategy::simple_one_for_one && one_in(4))
    out.auto_shutdown = static_cast<auto_shutdown>(chance_.between(1, 2));
  if (one_in(2))
    out.pacing = restart_pacing{{10ms, 400ms, 50}, 1s};
  if (one_in(4))
    out.stop_within = span(1, 400);
  if (one_in(2))
    out.on_exhausted = static_cast<exhausted>(chance_.between(0, 2));
  out.circuit = {{span(20, 100), 400ms, 50}, span(0, 300)};
  if (one_in(2))
    out.budgets = any_budgets(out.pacing.has_value());
  return out;
}

std::vector<restart_budget> random_life::any_budgets(bool paced) {
  std::vector<restart_budget> out(pick(3));
  for (int reason = 0; reason < 8 && !out.empty(); ++reason)
    if (one_in(2))
      out[pick(std::ssize(out) - 1)].reasons.push_back(static_cast<code>(reason));
  std::erase_if(out, [](const restart_budget& each) { return each.reasons.empty(); });
  for (auto& each : out) {
    if (!paced || one_in(2))
      each.intensity = pick(3);
    each.period = one_in(2) ? 1s : 300ms;
    each.on_exhausted = static_cast<exhausted>(chance_.between(0, 2));
    each.scope = static_cast<budget_scope>(chance_.between(0, 1));
  }
  return out;
}

child_spec random_life::any_child(std::string id, const supervisor_flags& given) {
  auto spec = worker(std::move(id), static_cast<restart_type>(chance_.between(0, 2)));
  if (one_in(3))
    spec.shutdown = brutal_kill{};
  else if (one_in(2))
    spec.shutdown = grace{span(0, 200)};
  if (one_in(4))
    spec.type = child_type::supervisor;
  if (spec.type == child_type::supervisor && !spec.shutdown)
    spec.shutdown = grace{1s}; // none would wait for a stubborn one without end
  spec.significant =
      given.auto_shutdown != auto_shutdown::never && spec.restart != restart_type::permanent && one_in(2);
  add_beyond(spec, given);
  return spec;
}

void random_life::add_beyond(child_spec& spec, const supervisor_flags& given) {
  if (one_in(4))
    spec.start_within = span(1, 500);
  if (one_in(6))
    spec.progress_within = span(20, 300);
  if (one_in(6))
    spec.healthy_after = span(0, 500);
  if (one_in(3))
    spec.stop_group = static_cast<std::uint32_t>(pick(2));
  if (is_independent(given.strategy) && one_in(3))
    spec.planned = replacement::make_before_break;
}

/// One process that lives, if any does.
std::optional<child_ref> random_life::any_process() {
  std::vector<child_ref> living;
  for (const auto* from : {&rig_->alive, &rig_->older})
    for (const auto& [slot, who] : *from)
      living.push_back(who);
  if (living.empty())
    return std::nullopt;
  return living[pick(std::ssize(living) - 1)];
}

void random_life::live() {
  for (int step = 0; step < 60 && !rig_->machine.is_stopping(); ++step) {
    act();
    check_always();
  }
}

void random_life::act() {
  switch (chance_.between(0, 14)) {
  case 0:
  case 1:
  case 2:
    return end_one();
  case 3:
    return rig_->fail_start(any_id(), static_cast<int>(pick(2)), one_in(2) ? code::start_failed : code::refused);
  case 4:
    return toggle(rig_->stubborn);
  case 5:
    return toggle(one_in(3) ? rig_->ignoring : rig_->immortal);
  case 6:
    return toggle(one_in(2) ? rig_->slow : rig_->announcing);
  case 7:
    return confirm_all();
  case 8:
  case 9:
    return command();
  case 10:
    return change();
  case 11:
    rig_->hold_retries = !rig_->hold_retries;
    return rig_->settle();
  case 12:
    one_in(2) ? toggle(rig_->idle) : say_something_old();
    return;
  default:
    return rig_->pass(span(0, 500));
  }
}

void random_life::end_one() {
  if (const auto who = any_process())
    rig_->end(*who, static_cast<code>(chance_.between(0, 7)));
}

void random_life::toggle(std::set<std::string>& ids) {
  const auto id = any_id();
  if (ids.erase(id) == 0)
    ids.insert(id);
}

/// News of a process that was given up, or never was.
void random_life::say_something_old() {
  const child_ref who{pick(9), static_cast<std::uint32_t>(pick(4))};
  for (const auto* from : {&rig_->alive, &rig_->older})
    if (const auto found = from->find(who.slot); found != from->end() && found->second == who)
      return;
  rig_->machine.on_ended(who, {code::killed, {}}, rig_->now);
  rig_->machine.on_ready(who, rig_->now);
  rig_->machine.on_progress(who, false, rig_->now);
  rig_->machine.on_retry(who, rig_->now);
  rig_->settle();
}

void random_life::call(supervision::command wanted) {
  ++calls_;
  (void)rig_->call(std::move(wanted));
}

void random_life::stop_one(const std::string& id) {
  excused_.insert(id);
  all_excused_ = all_excused_ || is_group(); // the rest of its group may have been waiting for it
  is_simple() ? call(terminate_instance{id}) : call(terminate_child{id});
}

void random_life::command() {
  const auto id = any_id();
  switch (chance_.between(0, 6)) {
  case 0:
    return is_simple() ? call(start_instance{id, {}}) : call(start_child{any_child(id, flags_)});
  case 1:
    return is_simple() ? call(start_instance{id, [](process::process_base&) -> start_outcome { return ignored{}; }})
                       : call(restart_child{id});
  case 2:
    return call(delete_child{id});
  case 3:
    return stop_one(id);
  case 4:
    return call(replace_child{id, replacement::stop_first});
  case 5:
    return call(replace_child{id, replacement::make_before_break});
  default:
    return call(replace_child{id, std::nullopt});
  }
}

std::vector<child_spec> random_life::changed_children(const supervisor_flags& given) {
  std::vector<child_spec> out;
  if (is_simple()) {
    out.push_back(any_child("template", given));
    return out;
  }
  for (int i = 0; i < 9; ++i) {
    const auto id = "c" + std::to_string(i);
    const auto* now = rig_->machine.children().find(id);
    if (now && one_in(2)) {
      auto same = now->spec();
      same.revision += pick(1);
      out.push_back(std::move(same));
    } else if (one_in(2)) {
      out.push_back(any_child(id, given));
      out.back().revision = pick(1);
    }
  }
  if (out.size() > 1 && one_in(3))
    std::swap(out.front(), out.back());
  return out;
}

void random_life::change() {
  auto given = any_flags(is_simple() ? strategy::simple_one_for_one : static_cast<strategy>(chance_.between(0, 2)));
  if (one_in(2))
    given.strategy = flags_.strategy;
  change_specs wanted{given, changed_children(given), one_in(5)};
  auto before = plan_now();
  for (const auto* record : all())
    if (record->state() == child_state::stopped)
      excused_.insert(record->id); // a change does not start it
  const bool sound = check_plan(given, wanted.children).empty();
  const bool only_show = wanted.only_show;
  call(std::move(wanted));
  const auto answer = rig_->answer_to(calls_);
  CHECK((sound || answer != "ok"));
  if (only_show || !sound) {
    CHECK(plan_now() == before);
  } else if (answer == "undone") {
    const auto after = plan_now();
    std::erase_if(before, [&](const std::string& line) { // a temporary one whose end was waiting, or that is lost
      const bool temporary = line.find(" 2 ") == line.find(' ');
      return temporary && std::ranges::find(after, line) == after.end();
    });
    CHECK(after == before);
  } else if (answer == "ok") {
    flags_ = given;
  }
  changed_ = true;
  if (answer == "(none)")
    all_excused_ = true; // it may come about later, by flags that are not known here
}

void random_life::confirm_all() {
  std::vector<child_ref> waiting;
  for (const auto& [slot, who] : rig_->alive)
    waiting.push_back(who);
  for (const auto who : waiting)
    rig_->machine.on_ready(who, rig_->now);
  rig_->settle();
}

void random_life::come_to_rest() {
  rig_->hold_retries = false;
  for (auto* each : {&rig_->slow, &rig_->announcing, &rig_->ignoring, &rig_->idle, &rig_->stubborn, &rig_->immortal})
    each->clear();
  rig_->failing.clear();
  for (int i = 0; i < 20; ++i) {
    rig_->settle();
    confirm_all();
    rig_->pass(1s);
  }
  check_always();
}

std::vector<const child_record*> random_life::all() const {
  return rig_->machine.children().page(0, 100);
}

/// Who is known, in order, and by which spec.
std::vector<std::string> random_life::plan_now() const {
  std::vector<std::string> out;
  for (const auto* record : all()) {
    const auto spec = record->spec();
    out.push_back(fmt::format("{} {} {} {} {} {} {} {} {}", record->id, static_cast<int>(spec.restart),
                              spec.shutdown ? static_cast<int>(spec.shutdown->index()) : -1, spec.significant,
                              static_cast<int>(spec.type), spec.stop_group, static_cast<int>(spec.planned),
                              spec.revision, spec.start_within.value_or(0ms).count()));
  }
  return out;
}

void random_life::check_always() {
  check_events();
  check_count();
  check_two_only_while_renewed();
}

void random_life::check_events() {
  for (; seen_ < rig_->events.size(); ++seen_) {
    const auto& event = rig_->events[seen_];
    gave_up_ = gave_up_ || event.what == transition::intensity_exceeded;
    if (event.what == transition::child_started) {
      if (!changed_ && !gave_up_ && flags_.on_exhausted == exhausted::escalate)
        CHECK(event.restarts_in_window <= event.intensity);
    }
    if (event.what == transition::child_ignored || event.what == transition::budget_exhausted)
      excused_.insert(event.child);
  }
}

void random_life::check_count() const {
  children_count counted;
  for (const auto* record : all()) {
    ++counted.specs;
    ++(record->type == child_type::supervisor ? counted.supervisors : counted.workers);
    const bool there = record->state() == child_state::running || record->state() == child_state::stopping;
    counted.active += there && record->has_process() && !record->has_ended() ? 1 : 0;
  }
  CHECK(rig_->machine.children().count() == counted);
}

void random_life::check_two_only_while_renewed() const {
  for (const auto& [slot, who] : rig_->older) {
    const auto* record = rig_->machine.children().find(slot);
    const bool busy = rig_->machine.is_stopping() || (record && record->job != 0);
    CHECK(busy);
  }
}

void random_life::check_rest() {
  if (rig_->machine.is_stopping())
    return;
  come_to_rest();
  if (rig_->machine.is_stopping())
    return;
  CHECK(rig_->answers.size() == calls_);
  CHECK(rig_->older.empty());
  std::size_t running = 0;
  for (const auto* record : all()) {
    CAPTURE(record->id);
    CHECK(record->job == 0);
    const bool runs = record->state() == child_state::running;
    CHECK((runs || record->state() == child_state::stopped));
    running += runs ? 1 : 0;
    if (runs)
      CHECK(rig_->alive[record->slot] == record->ref());
    if (record->restart == restart_type::permanent && !all_excused_ && !excused_.contains(record->id))
      CHECK(runs);
    CHECK((!runs || record->circuit == circuit_state::closed));
  }
  CHECK(rig_->alive.size() == running);
}

void random_life::check_end() {
  std::map<std::string, std::uint64_t> order;
  bool in_order = !is_simple() && rig_->older.empty() && !rig_->machine.is_stopping();
  for (const auto* record : all()) {
    order[record->id] = record->order;
    const bool alone = record->job == 0 && record->stop_group() == 0;
    in_order = in_order && alone;
  }
  const auto from = rig_->events.size();
  const bool by_deadline = changed_ || flags_.stop_within;
  rig_->stop();
  for (int i = 0; i < 100 && !rig_->ended; ++i)
    rig_->pass(1s);
  CHECK(rig_->ended);
  CHECK(rig_->alive.empty());
  CHECK(rig_->older.empty());
  CHECK(rig_->armed.empty());
  CHECK(rig_->answers.size() == calls_);
  CHECK(!rig_->machine.has_action());
  if (in_order && !by_deadline)
    check_reverse(from, order);
}

/// The end stops children one by one, from the end of the start order.
void random_life::check_reverse(std::size_t from, std::map<std::string, std::uint64_t> order) const {
  auto last = ~std::uint64_t{0};
  for (auto i = from; i < rig_->events.size(); ++i) {
    const auto& event = rig_->events[i];
    if (event.what != transition::child_stopping)
      continue;
    CHECK(order[event.child] < last);
    last = order[event.child];
  }
}

} // namespace cafnode::test
