#pragma once

#include "supervisors/change_plan.hpp"
#include "supervisors/child_driver.hpp"
#include "supervisors/job_pool.hpp"
#include "supervisors/restart_counts.hpp"
#include "supervisors/restarts.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cafnode::supervision {

/// A change of a supervisor's specs while it runs: from what is to what is wanted, by a plan, and back again when a
/// child of it does not start. It says what is to be stopped and started, and changes the specs in between.
class hot_change {
public:
  /// What it changes; all of it outlives this. `instance` is the template of simple_one_for_one, or none.
  struct ground {
    supervisor_flags& flags;
    std::optional<child_spec>& instance;
    child_table& children;
    restart_counts& budgets;
    announcer& heard;
    child_driver& driver;
    restarts& failures;
  };

  explicit hot_change(ground on);
  ~hot_change();

  [[nodiscard]] bool under_way() const noexcept { return work_ != nullptr; }

  /// The job that begins the change; or the answer, when it is refused, only shown, or done at once. `wanted` is used
  /// up.
  [[nodiscard]] std::variant<job, call_answer> begin(call_id call, change_specs& wanted);

  /// Its stops are done: takes over the other specs, and gives the job of its starts.
  [[nodiscard]] job on_stopped();

  /// A child is about to be started, or has come up already, by the job of its starts.
  void begun(slot_key slot);

  /// A child of it did not start. Gives the job that undoes the change or, undoing, goes on with the others.
  [[nodiscard]] job on_failed_start(const child_record& failed, const end_reason& why);

  struct result {
    call_id call = 0;
    call_answer answer;
    std::vector<child_ref> lost; // they wait for a retry: undoing did not bring them up again
  };

  /// Its starts are done: it is over.
  [[nodiscard]] result end();

  /// It is given up where it is. The call that it is for, if it was under way.
  std::optional<call_id> abandon();

private:
  struct work;

  [[nodiscard]] bool is_simple() const noexcept;
  [[nodiscard]] std::vector<current_child> current() const;
  [[nodiscard]] call_answer change_instances();
  void change_child(child_record& child, child_spec spec);
  void take_specs(const std::vector<child_spec>& wanted);
  [[nodiscard]] std::vector<slot_key> those_to_stop() const;
  [[nodiscard]] std::vector<slot_key> those_to_start();
  [[nodiscard]] std::vector<slot_key> those_that_ran() const;
  [[nodiscard]] std::vector<slot_key> those_left_stopped() const;
  [[nodiscard]] call_answer settle(const work& done);
  [[nodiscard]] result undone(const work& done);
  void use_flags(const supervisor_flags& flags);
  void forget_paces(const change_plan& plan);

  ground on_;
  std::unique_ptr<work> work_; // null: none is under way
};

} // namespace cafnode::supervision
