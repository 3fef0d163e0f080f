#include "supervisors/job_runner.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::supervision {

job_step job_runner::next(job_id id, const child_table& children) {
  auto* work = jobs_.find(id);
  if (!work)
    return {};
  for (auto& [number, group] : work->groups) {
    if (group.waits || group.slots.empty())
      continue;
    const auto slot = group.slots.back();
    group.slots.pop_back();
    return {step_kind::stop, slot};
  }
  if (work->awaited > 0)
    return {};
  if (!work->stop.empty()) {
    if (work->side_by_side)
      return {step_kind::stop_all};
    const auto slot = work->stop.back();
    if (const auto* child = children.find(slot); child && child->stop_group() != 0) {
      take_groups(*work, children);
      return next(id, children);
    }
    work->stop.pop_back();
    return {step_kind::stop, slot};
  }
  if (work->delay)
    return {step_kind::pause};
  if (work->next_start < work->start.size())
    return {step_kind::start, work->start[work->next_start++]};
  return {step_kind::done};
}

/// All neighbours with a group: each group last first, all groups at the same time.
void job_runner::take_groups(job& work, const child_table& children) {
  work.groups.clear();
  for (; !work.stop.empty(); work.stop.pop_back()) {
    const auto* child = children.find(work.stop.back());
    if (child && child->stop_group() == 0)
      break;
    if (child)
      work.groups[child->stop_group()].slots.push_back(child->slot);
  }
  for (auto& [number, group] : work.groups)
    std::ranges::reverse(group.slots); // taken from the back
}

void job_runner::awaits(job_id id, std::uint32_t group) {
  auto* work = jobs_.find(id);
  CAFNODE_INVARIANT(work != nullptr, "a job that is over was to wait");
  ++work->awaited;
  if (const auto found = work->groups.find(group); found != work->groups.end())
    found->second.waits = true;
}

bool job_runner::came(job_id id, std::uint32_t group) {
  auto* work = jobs_.find(id);
  if (!work)
    return false;
  CAFNODE_INVARIANT(work->awaited > 0, "more came back than was sent out");
  --work->awaited;
  if (const auto found = work->groups.find(group); found != work->groups.end())
    found->second.waits = false;
  return true;
}

std::vector<slot_key> job_runner::take_rest(job_id id) {
  auto* work = jobs_.find(id);
  CAFNODE_INVARIANT(work != nullptr, "a job that is over has nothing left");
  auto out = std::exchange(work->stop, {});
  for (const auto& [number, group] : std::exchange(work->groups, {}))
    out.insert(out.end(), group.slots.begin(), group.slots.end());
  return out;
}

job job_runner::close(job_id id) {
  auto* work = jobs_.find(id);
  CAFNODE_INVARIANT(work != nullptr, "a job that is over was to be closed");
  auto out = std::move(*work);
  jobs_.close(id);
  return out;
}

bool job_runner::goes_beyond_otp() {
  return std::ranges::any_of(jobs_.ids(), [this](job_id id) {
    const auto kind = jobs_.find(id)->kind;
    return kind == job_kind::replace_command || kind == job_kind::renew_command || kind == job_kind::change_stop ||
           kind == job_kind::change_start;
  });
}

} // namespace cafnode::supervision
