#include "control/tree/tree_view.hpp"

#include "control/tree/actor_sight.hpp"
#include "runtime/base/invariant.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <iterator>

namespace cafnode::control {

tree_view::tree_view(std::size_t rows_max) : rows_{rows_max} {
  CAFNODE_INVARIANT(rows_max > 0 && rows_max < UINT32_MAX, "a tree view without room, or with too much");
}

void tree_view::publish(const supervision::event& happened) {
  bool has_sweep = false;
  {
    const std::lock_guard lock{mutex_};
    rows_.take(happened);
    if (happened.record)
      records_.keep(happened.supervisor, *happened.record);
    has_sweep = rows_.has_sweep();
  }
  while (has_sweep) {
    const std::lock_guard lock{mutex_};
    if (rows_.has_sweep())
      rows_.sweep();
    has_sweep = rows_.has_sweep();
  }
}

tree_view::sighting tree_view::look(std::string_view path, std::string_view after, std::size_t limit,
                                    base::time_point now) const {
  sighting seen;
  seen.rows.reserve(limit);
  seen.processes.reserve(limit);
  const std::lock_guard lock{mutex_};
  const auto* base = path.empty() ? nullptr : rows_.find(path);
  if (!path.empty() && !base) {
    seen.known = false;
    return seen;
  }
  const auto* each = rows_.behind(base, after);
  for (; each && seen.rows.size() < limit; each = rows_.next(*each, base)) {
    seen.rows.push_back(rows_.row_of(*each, now));
    seen.processes.push_back(each->process);
  }
  seen.more = each != nullptr;
  return seen;
}

std::optional<tree_page> tree_view::page(std::string_view path, std::string_view after, std::size_t limit,
                                         base::time_point now) const {
  bury_zombies();
  tree_page found;
  std::string last{after};
  for (bool more = true; more && found.rows.size() < limit;) {
    auto seen = look(path, last, std::min(rows_per_hold, limit - found.rows.size()), now);
    if (!seen.known && found.rows.empty())
      return std::nullopt;
    for (std::size_t place = 0; place < seen.rows.size(); ++place)
      seen.rows[place].mailbox = mailbox_length_of(seen.processes[place]);
    last = seen.rows.empty() ? last : seen.rows.back().path;
    more = seen.more;
    found.next = more ? last : std::string{};
    std::ranges::move(seen.rows, std::back_inserter(found.rows));
  }
  return found;
}

std::optional<tree_row> tree_view::find(std::string_view path, base::time_point now) const {
  bury_zombies();
  std::optional<tree_row> row;
  caf::weak_actor_ptr process;
  {
    const std::lock_guard lock{mutex_};
    const auto* found = rows_.find(path);
    if (!found)
      return std::nullopt;
    row = rows_.row_of(*found, now);
    process = found->process;
  }
  row->mailbox = mailbox_length_of(process);
  return row;
}

caf::actor tree_view::process_at(std::string_view path) const {
  caf::weak_actor_ptr process;
  {
    const std::lock_guard lock{mutex_};
    if (const auto* found = rows_.find(path))
      process = found->process;
  }
  return caf::actor_cast<caf::actor>(process);
}

std::vector<kept_record> tree_view::records_of(std::string_view supervisor) const {
  const std::lock_guard lock{mutex_};
  return records_.of(std::string{supervisor});
}

tree_counts tree_view::counts() const {
  bury_zombies();
  const std::lock_guard lock{mutex_};
  return rows_.counts();
}

/// Outside the lock: the last handle of an actor may go here, and its destructor is not ours.
void tree_view::bury_zombies() const {
  std::vector<caf::weak_actor_ptr> followed;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& each : rows_.zombies())
      followed.push_back(each.process);
  }
  std::erase_if(followed, [](const auto& each) { return !has_ended(each); });
  if (followed.empty())
    return;
  const std::lock_guard lock{mutex_};
  for (const auto& each : followed)
    rows_.bury(each);
}

} // namespace cafnode::control
