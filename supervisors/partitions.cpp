#include "supervisors/partitions.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/process/process_base.hpp"

#include <caf/actor_cast.hpp>
#include <fmt/format.h>

#include <iterator>
#include <mutex>
#include <utility>

namespace cafnode::supervision {

struct partitions::state {
  mutable std::mutex mutex;
  std::vector<caf::weak_actor_ptr> supervisors; // by place
};

partitions::partitions(std::size_t count) : count_{count}, state_{std::make_shared<state>()} {
  CAFNODE_INVARIANT(count > 0, "partitions without a partition");
  state_->supervisors.resize(count);
}

partitions::~partitions() = default;

std::size_t partitions::place_of(std::string_view key) const noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL; // FNV-1a, mixed so that near keys lie apart
  for (const auto letter : key)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdULL;
  return static_cast<std::size_t>((hash ^ (hash >> 33U)) % count_);
}

caf::actor partitions::find(std::string_view key) const {
  return at(place_of(key));
}

caf::actor partitions::at(std::size_t place) const {
  CAFNODE_INVARIANT(place < count_, "a partition that there is not");
  const std::lock_guard guard{state_->mutex};
  return caf::actor_cast<caf::actor>(caf::actor_cast<caf::strong_actor_ptr>(state_->supervisors[place]));
}

void partitions::set(std::size_t place, const caf::actor& supervisor) {
  const auto weak = caf::actor_cast<caf::weak_actor_ptr>(supervisor);
  {
    const std::lock_guard guard{state_->mutex};
    state_->supervisors[place] = weak;
  }
  // A handle that somebody still has must not make it look alive.
  supervisor->attach_functor([table = std::weak_ptr{state_}, place, weak](const caf::error&) {
    const auto alive = table.lock();
    if (!alive)
      return;
    const std::lock_guard guard{alive->mutex};
    if (alive->supervisors[place] == weak)
      alive->supervisors[place] = nullptr;
  });
}

namespace {

supervisor_plan plan_of(const partitioned_plan& plan, std::size_t place) {
  supervisor_plan out;
  out.path = fmt::format("{}/{}", plan.path, place);
  out.flags = plan.each;
  out.flags.strategy = strategy::simple_one_for_one;
  out.children = {plan.instance};
  out.events = plan.events;
  out.seed = plan.seed + place + 1;
  return out;
}

} // namespace

std::vector<plan_fault> check_plan(const partitioned_plan& plan) {
  if (plan.count == 0 || plan.count > partitions_max)
    return {{plan_fault_code::invalid_partition_count,
             {},
             fmt::format("{} partitions; there may be 1 to {}", plan.count, partitions_max)}};
  auto above = plan.own;
  above.strategy = strategy::one_for_one;
  supervisor_plan own;
  own.path = plan.path;
  own.flags = std::move(above);
  auto faults = check_plan(own);
  auto each = check_plan(plan_of(plan, plan.count - 1));
  faults.insert(faults.end(), std::move_iterator{each.begin()}, std::move_iterator{each.end()});
  return faults;
}

supervisor_plan plan_partitions(partitioned_plan plan, const std::shared_ptr<partitions>& table) {
  const auto shared = std::make_shared<const partitioned_plan>(std::move(plan));
  supervisor_plan out;
  out.path = shared->path;
  out.flags = shared->own;
  out.flags.strategy = strategy::one_for_one;
  out.events = shared->events;
  out.seed = shared->seed;
  for (std::size_t place = 0; place < shared->count; ++place) {
    child_spec spec;
    spec.id = std::to_string(place);
    spec.type = child_type::supervisor;
    spec.start = [shared, table, place](process::process_base& above) {
      auto* where = shared->home_of ? shared->home_of(place) : nullptr;
      auto outcome = start_supervisor(above.system(), where, plan_of(*shared, place));
      if (const auto* up = std::get_if<started>(&outcome))
        table->set(place, up->child);
      return outcome;
    };
    out.children.push_back(std::move(spec));
  }
  return out;
}

started_partitions start_partitions(caf::actor_system& system, process::home* where, partitioned_plan plan) {
  if (const auto faults = check_plan(plan); !faults.empty())
    return {start_failed{process::make_reason(process::reason_code::start_failed, describe(faults))}, nullptr};
  auto table = std::make_shared<partitions>(plan.count);
  auto outcome = start_supervisor(system, where, plan_partitions(std::move(plan), table));
  if (!std::holds_alternative<started>(outcome))
    table.reset();
  return {std::move(outcome), std::move(table)};
}

} // namespace cafnode::supervision
