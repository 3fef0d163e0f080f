#pragma once

#include "supervisors/supervision_machine.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::test {

/// A worker's spec whose factory is never called: the rig answers in its place.
[[nodiscard]] supervision::child_spec worker(std::string id,
                                             supervision::restart_type restart = supervision::restart_type::permanent);

[[nodiscard]] supervision::supervisor_flags flags(supervision::strategy chosen, std::size_t intensity = 3);

/// `flags` with a wait of `first`, doubling up to `cap`, and no jitter.
[[nodiscard]] supervision::supervisor_flags paced(supervision::strategy chosen, std::chrono::milliseconds first,
                                                  std::chrono::milliseconds cap, std::size_t intensity = 100);

class machine_rig;

/// A supervisor that is up, with nothing said yet.
[[nodiscard]] machine_rig started_rig(supervision::supervisor_flags flags,
                                      std::vector<supervision::child_spec> children, std::uint64_t seed = 1);

/// Stands for all the processes of one supervisor: starts succeed and stops are obeyed at once, unless told otherwise.
/// Every action is written down in words; every event is kept.
class machine_rig final {
public:
  using code = process::reason_code;

  machine_rig(supervision::supervisor_flags flags, std::vector<supervision::child_spec> children,
              std::uint64_t seed = 1);
  machine_rig(machine_rig&&) noexcept;
  ~machine_rig();

  /// The next `times` starts of `id` fail for `why`.
  void fail_start(const std::string& id, int times, code why = code::start_failed) { failing[id] = {times, why}; }

  void begin();
  /// The child ends by itself.
  void end(const std::string& id, code why = code::crashed);
  void end(supervision::child_ref who, code why);
  void end(const std::string& id, supervision::end_reason why);
  void confirm(const std::string& id);
  void stop();
  supervision::call_id call(supervision::command wanted);

  /// Lets time pass: due timers fire in order.
  void pass(std::chrono::milliseconds span);

  /// Carries out actions, and takes retries unless they are held, until nothing is on its way but timers.
  void settle();

  /// The actions since the last call, "start a", "ask a", "kill a", "end shutdown", "answer 1 ok"; no events, no
  /// timers.
  [[nodiscard]] std::vector<std::string> said() { return std::exchange(words, {}); }

  [[nodiscard]] supervision::child_state state_of(const std::string& id) const;
  [[nodiscard]] supervision::child_ref ref_of(const std::string& id) const;
  [[nodiscard]] std::string answer_to(supervision::call_id call) const;
  [[nodiscard]] std::size_t count(supervision::transition what) const;
  /// The events since the last call: "circuit_opened a", "supervisor_stopping".
  [[nodiscard]] std::vector<std::string> told();

  base::moment now;
  std::map<std::string, std::pair<int, code>> failing;
  std::set<std::string> ignoring; // their starts find nothing to run
  std::set<std::string> slow;     // they are up only when they confirm
  std::set<std::string> stubborn; // they do not end when asked
  std::set<std::string> immortal; // they do not end when killed
  bool hold_retries = false;
  std::map<supervision::slot_key, supervision::child_ref> alive; // latest process of each slot, until it has ended
  std::map<supervision::slot_key, supervision::child_ref> older; // one beside it, while it is being replaced
  std::map<supervision::timer_key, base::time_point> armed;
  std::set<std::string> renewing;   // a second incarnation may run beside the first
  std::set<std::string> idle;       // they make no progress
  std::set<std::string> announcing; // started at once, ready only when they confirm
  std::map<supervision::call_id, std::string> answers;
  std::map<supervision::call_id, supervision::call_answer> reports; // the same answers, whole
  supervision::end_reason last_words;                               // why the supervisor ended
  bool ended = false;

private:
  struct listener;
  std::unique_ptr<listener> heard;
  std::unique_ptr<supervision::supervision_machine> owned;

public:
  supervision::supervision_machine& machine;
  std::vector<supervision::event>& events;
  std::vector<std::string>& records; // of the restarts, as texts

private:
  void perform(const supervision::start_process& wanted);
  void perform(const supervision::ask_process& wanted);
  void perform(const supervision::kill_process& wanted);
  void perform(const supervision::release_process& wanted);
  void perform(const supervision::arm_timer& wanted);
  void perform(const supervision::cancel_timer& wanted);
  void perform(const supervision::retry_later& wanted);
  void perform(const supervision::fence_process& wanted);
  void perform(const supervision::check_progress& wanted);
  void perform(const supervision::answer_call& wanted);
  void perform(const supervision::confirm_start& wanted);
  void perform(const supervision::end_supervisor& wanted);
  void forget(supervision::child_ref who);
  void finish(supervision::child_ref who, code why);
  [[nodiscard]] std::string id_of(supervision::child_ref who) const;

  std::vector<std::string> words;
  std::size_t told_until = 0;
  std::vector<supervision::child_ref> retries;
  supervision::call_id last_call = 0;
};

} // namespace cafnode::test
