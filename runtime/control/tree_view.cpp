#include "runtime/control/tree_view.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::control {

namespace {

using supervision::child_state;
using supervision::child_type;
using supervision::transition;

int rank_of(char letter) {
  return letter == '/' ? -1 : static_cast<int>(static_cast<unsigned char>(letter));
}

bool is_at_or_below(std::string_view path, std::string_view row) {
  return path.empty() || row == path || (row.size() > path.size() && row.starts_with(path) && row[path.size()] == '/');
}

std::string path_of(const supervision::event& happened) {
  return happened.child.empty() ? happened.supervisor : happened.supervisor + "/" + happened.child;
}

bool is_end(transition what) {
  return what == transition::child_ended || what == transition::child_stopped || what == transition::child_killed ||
         what == transition::child_start_failed || what == transition::intensity_exceeded ||
         what == transition::supervisor_stopped;
}

void set_state(tree_row& row, child_state state, base::moment at) {
  if (row.state != state)
    row.since = at;
  row.state = state;
}

void note_end(tree_row& row, const supervision::event& happened) {
  row.reason = happened.reason;
  row.reason_text =
      happened.reason_text.empty() ? std::string{process::to_string(happened.reason)} : happened.reason_text;
}

} // namespace

bool tree_view::path_order::operator()(std::string_view left, std::string_view right) const noexcept {
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                      [](char a, char b) { return rank_of(a) < rank_of(b); });
}

tree_view::tree_view(std::size_t rows_max) : rows_max_{rows_max} {
  CAFNODE_INVARIANT(rows_max > 0, "a tree view without room");
}

void tree_view::publish(const supervision::event& happened) {
  const std::lock_guard lock{mutex_};
  take_own(happened);
  if (!happened.child.empty())
    take_child(happened);
}

tree_row* tree_view::row_at(const std::string& path) {
  if (const auto found = rows_.find(path); found != rows_.end())
    return &found->second;
  if (rows_.size() >= rows_max_) {
    ++dropped_;
    return nullptr;
  }
  tree_row fresh;
  fresh.path = path;
  return &rows_.emplace(path, std::move(fresh)).first->second;
}

void tree_view::take_own(const supervision::event& happened) {
  tree_row* row = row_at(happened.supervisor);
  if (row == nullptr)
    return;
  row->type = child_type::supervisor;
  row->strategy = happened.strategy;
  row->restarts_in_window = happened.restarts_in_window;
  row->intensity = happened.intensity;
  if (!happened.child.empty())
    return;
  set_state(*row, happened.state, happened.at);
  row->gave_up = (row->gave_up || happened.what == transition::intensity_exceeded) &&
                 happened.what != transition::supervisor_started;
  if (is_end(happened.what))
    note_end(*row, happened);
}

void tree_view::take_child(const supervision::event& happened) {
  const std::string path = path_of(happened);
  if (happened.what == transition::child_deleted || happened.state == child_state::gone)
    return erase(path);
  if (happened.what == transition::child_started && happened.incarnation > 1)
    ++restarts_;
  tree_row* row = row_at(path);
  if (row == nullptr)
    return;
  row->type = happened.type;
  row->incarnation = happened.incarnation;
  row->restarts_total = happened.restarts_total;
  row->delay = happened.delay;
  set_state(*row, happened.state, happened.at);
  if (!is_end(happened.what))
    return;
  note_end(*row, happened);
  if (happened.type == child_type::supervisor)
    end_below(path, happened.at);
}

void tree_view::end_below(const std::string& path, base::moment at) {
  // A supervisor that was killed had no time to tell what became of its children; they go with it.
  for (auto row = rows_.upper_bound(path); row != rows_.end() && is_at_or_below(path, row->first); ++row)
    set_state(row->second, child_state::stopped, at);
}

void tree_view::erase(const std::string& path) {
  auto first = rows_.lower_bound(path);
  auto last = first;
  while (last != rows_.end() && is_at_or_below(path, last->first))
    ++last;
  rows_.erase(first, last);
}

std::optional<tree_page> tree_view::page(std::string_view path, std::string_view after, std::size_t limit) const {
  const std::lock_guard lock{mutex_};
  if (!path.empty() && rows_.find(path) == rows_.end())
    return std::nullopt;
  const bool from_start = after.empty() || path_order{}(after, path);
  auto row = from_start ? rows_.lower_bound(path) : rows_.upper_bound(after);
  tree_page found;
  for (; row != rows_.end() && is_at_or_below(path, row->first); ++row) {
    if (found.rows.size() == limit) {
      found.next = found.rows.empty() ? std::string{} : found.rows.back().path;
      break;
    }
    found.rows.push_back(row->second);
  }
  return found;
}

std::optional<tree_row> tree_view::find(std::string_view path) const {
  const std::lock_guard lock{mutex_};
  const auto row = rows_.find(path);
  return row == rows_.end() ? std::nullopt : std::optional{row->second};
}

tree_counts tree_view::counts() const {
  const std::lock_guard lock{mutex_};
  tree_counts counted;
  counted.restarts = restarts_;
  counted.dropped = dropped_;
  for (const auto& [path, row] : rows_) {
    ++(row.type == child_type::supervisor ? counted.supervisors : counted.workers);
    counted.running += row.state == child_state::running ? 1 : 0;
    counted.gave_up += row.gave_up ? 1 : 0;
  }
  return counted;
}

} // namespace cafnode::control
