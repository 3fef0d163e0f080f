#include "supervisors/supervisor.hpp"

#include "runtime/process/spawn.hpp"
#include "supervisors/supervisor_process.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::supervision {

std::vector<plan_fault> check_plan(const supervisor_plan& plan) {
  std::vector<plan_fault> faults;
  if (plan.path.empty())
    faults.push_back({plan_fault_code::missing_path, {}, "a supervisor needs a path"});
  if (plan.path.size() > path_max)
    faults.push_back({plan_fault_code::path_too_long, {}, fmt::format("a path has at most {} bytes", path_max)});
  auto rest = check_plan(plan.flags, plan.children);
  faults.insert(faults.end(), std::move_iterator{rest.begin()}, std::move_iterator{rest.end()});
  return faults;
}

start_outcome start_supervisor(caf::actor_system& system, process::home* where, supervisor_plan plan) {
  if (const auto faults = check_plan(plan); !faults.empty())
    return start_failed{process::make_reason(process::reason_code::start_failed, describe(faults))};
  auto made = process::try_spawn_process<supervisor_process>(system, where, std::move(plan));
  if (!made)
    return start_failed{made.fault()};
  return started{made.value(), readiness::awaited};
}

} // namespace cafnode::supervision
