#pragma once

#include "runtime/process/process_base.hpp"
#include "supervisors/held_processes.hpp"
#include "supervisors/ready_signal.hpp"
#include "supervisors/supervision_machine.hpp"
#include "supervisors/supervisor.hpp"

#include <caf/response_promise.hpp>

#include <cstddef>
#include <map>
#include <unordered_map>

namespace cafnode::supervision {

/// Carries out what a supervision_machine decides.
///
/// Accepts: the messages of management.hpp; await_start (from the supervisor above), child_up (from children).
/// Sends:   exit and kill to its children, await_start to those that confirm, child_up to the supervisor above.
/// Stops:   when asked, when it gives up, when its significant children have ended; its children are stopped before.
class supervisor_process final : public process::process_base, private transition_port {
public:
  /// The plan has passed check_plan.
  supervisor_process(caf::actor_config& config, supervisor_plan plan);

  /// Children started before other messages get their turn.
  static constexpr std::size_t starts_per_turn = 64;

private:
  caf::behavior behave() override;
  void on_stop(const caf::error& reason) override;
  void on_watched_end(process::watch_token token, const caf::error& reason) override;
  void on_end(const caf::error& reason) override;

  void end_unasked(const caf::error& reason);
  void work();
  void take(command wanted);
  [[nodiscard]] start_outcome call_factory(const child_factory& start);
  void adopt(child_ref who, const started& outcome);
  void tell(event& happened) override;

  void perform(const start_process& wanted);
  void perform(const ask_process& wanted);
  void perform(const kill_process& wanted);
  void perform(const fence_process& wanted);
  void perform(const release_process& wanted);
  void perform(const check_progress& wanted);
  void perform(const arm_timer& wanted);
  void perform(const cancel_timer& wanted);
  void perform(const retry_later& wanted);
  void perform(answer_call& wanted);
  void perform(const confirm_start& wanted);
  void perform(const end_supervisor& wanted);

  [[nodiscard]] management_report report(call_answer answer);

  std::shared_ptr<event_sink> events_; // may be null
  const std::string role_;
  supervision_machine machine_;
  held_processes held_;
  std::map<timer_key, process::timer> timers_;
  std::unordered_map<call_id, caf::response_promise> callers_;
  call_id last_call_ = 0;
  ready_signal ready_; // for the supervisor above
  bool working_ = false;
  bool continues_ = false; // a message to go on is on its way
};

} // namespace cafnode::supervision
