#include "tests/supervisors/parts_rig.hpp"

#include "supervisors/words.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace cafnode::test {

using namespace supervision;

namespace {

constexpr std::array timer_names{"grace",        "stuck",        "start",         "progress",     "health",
                                 "delay",        "group_delay",  "shared_grace",  "shared_stuck", "successor",
                                 "retire_grace", "retire_stuck", "stop_deadline", "hurry"};

} // namespace

parts_rig::parts_rig(supervisor_flags given, std::vector<child_spec> specs)
    : flags{std::move(given)},
      now{base::time_point{} + std::chrono::hours{1}, {}},
      budgets{flags},
      heard{{flags, children, budgets.own(), now}, this},
      driver{flags, children, now, out, heard},
      away{flags, children, now, heard},
      failures{{flags, children, now, out, heard, driver, budgets, away}, 1} {
  for (auto& each : specs)
    children.add(std::move(each));
}

child_record& parts_rig::running(std::string_view id) {
  auto& found = child(id);
  driver.start(found);
  driver.up(found, true);
  (void)said();
  (void)told();
  return found;
}

void parts_rig::tell(event& happened) {
  told_.push_back(std::string{to_string(happened.what)} + (happened.child.empty() ? "" : " " + happened.child));
  if (happened.record)
    records.push_back(to_text(*happened.record));
  events.push_back(happened);
  events.back().record = nullptr;
}

std::string parts_rig::name_of(child_ref who) const {
  const auto* found = children.find(who.slot);
  if (!found)
    return "(gone)";
  return found->incarnation == who.incarnation ? found->id : fmt::format("{}#{}", found->id, who.incarnation);
}

std::string parts_rig::name_of(timer_key key) const {
  const auto* found = children.find(key.slot);
  const auto* name = timer_names.at(static_cast<std::size_t>(key.purpose));
  return found ? fmt::format("{} {}", name, found->id) : name;
}

words parts_rig::said() {
  words out_words;
  const auto in_words = [this](const auto& wanted) -> std::string {
    using kind = std::decay_t<decltype(wanted)>;
    if constexpr (std::is_same_v<kind, arm_timer>)
      return fmt::format("arm {} {}", name_of(wanted.key),
                         std::chrono::duration_cast<std::chrono::milliseconds>(wanted.after).count());
    else if constexpr (std::is_same_v<kind, cancel_timer>)
      return "cancel " + name_of(wanted.key);
    else if constexpr (std::is_same_v<kind, start_process>)
      return "start " + name_of(wanted.who);
    else if constexpr (std::is_same_v<kind, ask_process>)
      return "ask " + name_of(wanted.who);
    else if constexpr (std::is_same_v<kind, kill_process>)
      return "kill " + name_of(wanted.who);
    else if constexpr (std::is_same_v<kind, fence_process>)
      return "fence " + name_of(wanted.who);
    else if constexpr (std::is_same_v<kind, release_process>)
      return "release " + name_of(wanted.who);
    else if constexpr (std::is_same_v<kind, check_progress>)
      return "look " + name_of(wanted.who);
    else if constexpr (std::is_same_v<kind, retry_later>)
      return "retry " + name_of(wanted.who);
    else if constexpr (std::is_same_v<kind, answer_call>)
      return fmt::format("answer {}", to_string(wanted.answer.code));
    else
      return "other";
  };
  while (!out.empty())
    out_words.push_back(std::visit(in_words, out.pop()));
  return out_words;
}

} // namespace cafnode::test
