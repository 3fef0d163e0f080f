#pragma once

#include "supervisors/announcer.hpp"
#include "supervisors/child_driver.hpp"
#include "supervisors/outages.hpp"
#include "supervisors/outbox.hpp"
#include "supervisors/restart_counts.hpp"
#include "supervisors/restarts.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cafnode::test {

using words = std::vector<std::string>;

/// What the parts of a supervision_machine stand on, without the machine: each part is tried alone, and what it says is
/// written down in words.
class parts_rig : private supervision::transition_port {
public:
  explicit parts_rig(supervision::supervisor_flags given, std::vector<supervision::child_spec> specs = {});

  [[nodiscard]] supervision::child_record& child(std::string_view id) { return *children.find(id); }

  /// The child, started and ready.
  supervision::child_record& running(std::string_view id);

  void pass(std::chrono::milliseconds span) { now = now + span; }

  /// The actions since the last call: "start a", "ask a", "kill a#2", "arm delay a 100", "cancel start a"; an
  /// incarnation other than the child's own is named.
  words said();

  /// The transitions since the last call: "child_started a", "supervisor_stopped".
  words told() { return std::exchange(told_, {}); }

  supervision::supervisor_flags flags;
  std::optional<supervision::child_spec> instance;
  base::moment now;
  supervision::child_table children;
  supervision::restart_counts budgets;
  supervision::outbox out;
  supervision::announcer heard;
  supervision::child_driver driver;
  supervision::outages away;
  supervision::restarts failures;
  std::vector<supervision::event> events;
  words records;

private:
  void tell(supervision::event& happened) override;
  [[nodiscard]] std::string name_of(supervision::child_ref who) const;
  [[nodiscard]] std::string name_of(supervision::timer_key key) const;

  words told_;
};

} // namespace cafnode::test
