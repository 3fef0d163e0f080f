#include "tests/supervisors/machine_rig.hpp"

#include "supervisors/words.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace cafnode::test {

using namespace supervision;

child_spec worker(std::string id, restart_type restart) {
  child_spec spec;
  spec.id = std::move(id);
  spec.start = [](process::process_base&) -> start_outcome { return ignored{}; };
  spec.restart = restart;
  return spec;
}

supervisor_flags flags(strategy chosen, std::size_t intensity) {
  supervisor_flags out;
  out.strategy = chosen;
  out.intensity = intensity;
  return out;
}

supervisor_flags paced(strategy chosen, std::chrono::milliseconds first, std::chrono::milliseconds cap,
                       std::size_t intensity) {
  auto out = flags(chosen, intensity);
  out.pacing = restart_pacing{{first, cap, 0}, std::chrono::milliseconds{30'000}};
  return out;
}

machine_rig started_rig(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed) {
  machine_rig rig{std::move(flags), std::move(children), seed};
  rig.begin();
  (void)rig.said();
  (void)rig.told();
  return rig;
}

struct machine_rig::listener final : transition_port {
  void tell(event& happened) override {
    events.push_back(happened);
    if (happened.record)
      records.push_back(to_text(*happened.record));
    events.back().record = nullptr;
  }

  std::vector<event> events;
  std::vector<std::string> records;
};

machine_rig::machine_rig(supervisor_flags flags, std::vector<child_spec> children, std::uint64_t seed)
    : now{base::time_point{} + std::chrono::hours{1}, {}},
      heard{std::make_unique<listener>()},
      owned{std::make_unique<supervision_machine>(std::move(flags), std::move(children), seed, heard.get())},
      machine{*owned},
      events{heard->events},
      records{heard->records} {}

machine_rig::machine_rig(machine_rig&&) noexcept = default;
machine_rig::~machine_rig() = default;

void machine_rig::begin() {
  machine.begin(now);
  settle();
}

void machine_rig::end(child_ref who, code why) {
  forget(who);
  machine.on_ended(who, make_end_reason(why), now);
  settle();
}

void machine_rig::end(const std::string& id, code why) {
  REQUIRE(alive.contains(ref_of(id).slot));
  end(alive[ref_of(id).slot], why);
}

void machine_rig::end(const std::string& id, end_reason why) {
  const auto who = alive.at(ref_of(id).slot);
  forget(who);
  machine.on_ended(who, std::move(why), now);
  settle();
}

void machine_rig::confirm(const std::string& id) {
  const auto who = ref_of(id);
  machine.on_ready(alive.contains(who.slot) ? alive[who.slot] : who, now);
  settle();
}

void machine_rig::stop() {
  machine.on_stop(make_end_reason(code::shutdown), now);
  settle();
}

call_id machine_rig::call(command wanted) {
  machine.on_command(++last_call, std::move(wanted), now);
  settle();
  return last_call;
}

void machine_rig::pass(std::chrono::milliseconds span) {
  const auto until = now + span;
  const auto when = [](const auto& entry) { return entry.second; };
  while (!armed.empty()) {
    const auto next = std::ranges::min_element(armed, {}, when);
    if (next->second > until.steady)
      break;
    now = now + (next->second - now.steady);
    const auto key = next->first;
    armed.erase(next);
    machine.on_timer(key, now);
    settle();
  }
  now = until;
}

void machine_rig::settle() {
  do {
    while (machine.has_action()) {
      const auto next = machine.next_action();
      std::visit([this](const auto& wanted) { perform(wanted); }, next);
    }
    for (const auto who : hold_retries ? std::vector<child_ref>{} : std::exchange(retries, {}))
      machine.on_retry(who, now);
  } while (machine.has_action());
}

std::string machine_rig::id_of(child_ref who) const {
  const auto* child = machine.children().find(who.slot);
  return child ? child->id : "#" + std::to_string(who.slot);
}

void machine_rig::perform(const start_process& wanted) {
  if (!machine.factory_of(wanted.who))
    return;
  const auto id = id_of(wanted.who);
  auto& fails = failing[id];
  if (fails.first > 0) {
    --fails.first;
    words.push_back("fail " + id);
    return machine.on_start_failed(wanted.who, make_end_reason(fails.second), now);
  }
  if (ignoring.contains(id)) {
    words.push_back("ignore " + id);
    return machine.on_ignored(wanted.who, now);
  }
  words.push_back("start " + id);
  if (alive.contains(wanted.who.slot)) {
    CHECK_MESSAGE(!older.contains(wanted.who.slot), "three live incarnations of " << id);
    CHECK_MESSAGE(renewing.contains(id), "two live incarnations of " << id);
    older[wanted.who.slot] = alive[wanted.who.slot];
  }
  alive[wanted.who.slot] = wanted.who;
  machine.on_started(wanted.who,
                     slow.contains(id)         ? readiness::awaited
                     : announcing.contains(id) ? readiness::announced
                                               : readiness::at_once,
                     now);
}

void machine_rig::perform(const ask_process& wanted) {
  words.push_back("ask " + id_of(wanted.who));
  if (!stubborn.contains(id_of(wanted.who)))
    finish(wanted.who, code::shutdown);
}

void machine_rig::perform(const kill_process& wanted) {
  words.push_back("kill " + id_of(wanted.who));
  if (!immortal.contains(id_of(wanted.who)))
    finish(wanted.who, code::killed);
}

void machine_rig::forget(child_ref who) {
  for (auto* from : {&alive, &older})
    if (const auto found = from->find(who.slot); found != from->end() && found->second == who)
      from->erase(found);
  if (const auto left = older.extract(who.slot); left && !alive.contains(who.slot))
    alive[who.slot] = left.mapped(); // the new one is gone, and the old one goes on
  else if (left)
    older[who.slot] = left.mapped();
}

void machine_rig::finish(child_ref who, code why) {
  forget(who);
  machine.on_ended(who, make_end_reason(why), now);
}

void machine_rig::perform(const release_process& wanted) {
  forget(wanted.who);
}

void machine_rig::perform(const fence_process& wanted) {
  words.push_back("fence " + id_of(wanted.who));
}

void machine_rig::perform(const check_progress& wanted) {
  machine.on_progress(wanted.who, !idle.contains(id_of(wanted.who)), now);
}

void machine_rig::perform(const arm_timer& wanted) {
  armed[wanted.key] = now.steady + wanted.after;
}

void machine_rig::perform(const cancel_timer& wanted) {
  armed.erase(wanted.key);
}

void machine_rig::perform(const retry_later& wanted) {
  retries.push_back(wanted.who);
}

void machine_rig::perform(const answer_call& wanted) {
  CHECK_MESSAGE(!answers.contains(wanted.call), "call " << wanted.call << " was answered twice");
  answers[wanted.call] = to_string(wanted.answer.code);
  reports[wanted.call] = wanted.answer;
  words.push_back("answer " + answers[wanted.call]);
}

void machine_rig::perform(const confirm_start&) {
  words.emplace_back("up");
}

void machine_rig::perform(const end_supervisor& wanted) {
  CHECK(!ended);
  ended = true;
  last_words = wanted.why;
  words.push_back("end " + std::string{process::to_string(wanted.why.code)});
}

child_ref machine_rig::ref_of(const std::string& id) const {
  const auto* child = machine.children().find(id);
  return child ? child->ref() : child_ref{};
}

child_state machine_rig::state_of(const std::string& id) const {
  const auto* child = machine.children().find(id);
  return child ? child->state() : child_state::gone;
}

std::string machine_rig::answer_to(call_id call) const {
  const auto found = answers.find(call);
  return found == answers.end() ? "(none)" : found->second;
}

std::size_t machine_rig::count(transition what) const {
  return static_cast<std::size_t>(std::ranges::count(events, what, &event::what));
}

std::vector<std::string> machine_rig::told() {
  std::vector<std::string> out;
  for (; told_until < events.size(); ++told_until) {
    const auto& each = events[told_until];
    out.push_back(std::string{to_string(each.what)} + (each.child.empty() ? "" : " " + each.child));
  }
  return out;
}

} // namespace cafnode::test
