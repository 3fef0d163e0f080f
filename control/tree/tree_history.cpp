#include "control/tree/tree_history.hpp"

#include <algorithm>
#include <iterator>

namespace cafnode::control {

namespace {

constexpr std::size_t kept_max = 100'000;

/// The supervisor that tells of `happened`; null: none does.
const std::string* supervisor_of(const observe::event& happened) {
  const auto found = std::ranges::find(happened.fields, "supervisor", &observe::field::key);
  return found == happened.fields.end() ? nullptr : std::get_if<std::string>(&found->value);
}

bool is_about(const observe::event& happened, const tree_row& row) {
  const auto* supervisor = supervisor_of(happened);
  return supervisor && (happened.subject == row.path || *supervisor == row.path);
}

bool is_part_of(const supervision::restart_record& record, const std::string& child) {
  return record.child == child || std::ranges::find(record.restarted, child) != record.restarted.end();
}

} // namespace

std::vector<observe::event_ptr> history_of(const observe::event_log& log, const tree_row& row, std::size_t most) {
  auto events = log.since(0, kept_max).events;
  std::erase_if(events, [&](const auto& each) { return !is_about(*each, row); });
  const auto surplus = events.size() - std::min(events.size(), most);
  events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(surplus));
  return events;
}

std::vector<kept_record> records_about(const tree_view& tree, const tree_row& row) {
  auto found = tree.records_of(row.supervisor);
  std::erase_if(found, [&](const auto& each) { return !is_part_of(each.record, row.child); });
  auto own = tree.records_of(row.path);
  std::ranges::move(own, std::back_inserter(found));
  std::ranges::stable_sort(found, {}, [](const auto& each) { return each.record.failed_at.steady; });
  return found;
}

} // namespace cafnode::control
