// Where rows stand, and how one gets from one to the next. What events do to them: tree_changes.cpp
#include "control/tree/tree_store.hpp"

namespace cafnode::control {

namespace {

using supervision::child_state;
using supervision::circuit_state;

bool starts_below(std::string_view path, std::string_view above) {
  return path.size() > above.size() && path.starts_with(above) && path[above.size()] == '/';
}

const tree_node* at(const node_set& in, node_set::const_iterator place) {
  return place == in.end() ? nullptr : &*place;
}

} // namespace

tree_node* tree_store::supervisor_at(std::string_view path) const {
  const auto found = supervisors_.find(path);
  return found == supervisors_.end() ? nullptr : found->second;
}

/// The nearest supervisor that is known above `path`, and what is left of it below that one.
std::pair<tree_node*, std::string_view> tree_store::parent_of(std::string_view path) const {
  for (auto cut = path.rfind('/'); cut != std::string_view::npos && cut > 0; cut = path.rfind('/', cut - 1))
    if (auto* found = supervisor_at(path.substr(0, cut)))
      return {found, path.substr(cut + 1)};
  return {nullptr, path};
}

const tree_node* tree_store::find(std::string_view path) const {
  if (const auto* found = supervisor_at(path))
    return found;
  const auto [parent, id] = parent_of(path);
  const auto& among = children_of(parent);
  return at(among, among.find(id));
}

tree_node* tree_store::add(tree_node* parent, std::string_view id) {
  if (rows_ >= rows_max_) {
    ++counts_.dropped;
    return nullptr;
  }
  auto fresh = std::make_unique<tree_node>();
  fresh->id = id;
  fresh->parent = parent;
  fresh->life = parent ? parent->below->life : 0;
  auto* added = fresh.get();
  auto& among = children_of(parent);
  among.insert(among.end(), *fresh.release()); // names mostly ascend
  ++rows_;
  count(*added, 1);
  return added;
}

void tree_store::make_supervisor(tree_node& node) {
  count(node, -1);
  node.below = std::make_unique<supervisor_part>();
  count(node, 1);
  supervisors_.emplace(node.path(), &node);
  adopt_those_below(node);
}

/// Takes over those that were heard of before the supervisor above them.
void tree_store::adopt_those_below(tree_node& node) {
  auto& among = children_of(node.parent);
  const auto head = node.id + "/";
  for (auto each = among.lower_bound(std::string_view{head}); each != among.end() && each->id.starts_with(head);) {
    auto& moved = *each++;
    if (!moved.guessed)
      continue;
    among.erase(among.iterator_to(moved));
    moved.id.erase(0, head.size());
    moved.parent = &node;
    moved.life = node.below->life;
    node.below->children.insert(moved);
  }
}

void tree_store::erase(tree_node& node) {
  if (node.below) {
    while (!node.below->children.empty())
      erase(*node.below->children.begin());
    supervisors_.erase(supervisors_.find(node.path()));
  }
  if (node.parent && node.slot != 0)
    node.parent->below->by_slot[node.slot - 1] = nullptr;
  if (node.trouble && node.trouble->zombies > 0)
    for (auto& each : zombies_)
      for (auto** row : {&each.whose, &each.above})
        *row = *row == &node ? nullptr : *row;
  count(node, -1);
  --rows_;
  children_of(node.parent).erase_and_dispose(node_set::s_iterator_to(node), [](tree_node* gone) {
    delete gone; // NOLINT: an intrusive set owns nothing by itself
  });
}

void tree_store::count(const tree_node& node, int by) {
  const auto add_to = [by](std::size_t& figure, bool counts) {
    figure += counts ? static_cast<std::size_t>(by) : 0; // wraps round for -1, as it is defined to
  };
  add_to(counts_.supervisors, node.below != nullptr);
  add_to(counts_.workers, node.below == nullptr);
  add_to(counts_.running, node.state == child_state::running);
  add_to(counts_.waiting, node.state == child_state::waiting);
  add_to(counts_.circuits_open, node.circuit != circuit_state::closed);
  add_to(counts_.gave_up, node.below && node.below->gave_up);
}

const tree_node* tree_store::behind(const tree_node* base, std::string_view after) const {
  const auto top = base ? base->path() : std::string{};
  if (base && !starts_below(after, top) && after != top)
    return base;
  if (!base && after.empty())
    return at(top_.children, top_.children.begin());
  if (const auto* last = find(after))
    return next(*last, base);
  // It is gone: those behind it are behind its name.
  const auto [parent, id] = parent_of(after);
  const auto& among = children_of(parent);
  if (const auto* found = at(among, among.upper_bound(id)))
    return found;
  return parent ? beside(*parent, base) : nullptr;
}

const tree_node* tree_store::next(const tree_node& at, const tree_node* base) const {
  return at.below && !at.below->children.empty() ? &*at.below->children.begin() : beside(at, base);
}

/// The next row that is not below `from`.
const tree_node* tree_store::beside(const tree_node& from, const tree_node* base) const {
  for (const auto* each = &from; each && each != base; each = each->parent) {
    const auto& among = children_of(each->parent);
    if (const auto* found = at(among, ++node_set::s_iterator_to(*each)))
      return found;
  }
  return nullptr;
}

tree_row tree_store::row_of(const tree_node& node, base::time_point now) const {
  tree_row row;
  row.supervisor = node.parent ? node.parent->path() : std::string{};
  row.path = node.parent ? row.supervisor + "/" + node.id : node.id;
  row.child = node.parent ? node.id : std::string{};
  const bool is_old = node.parent && node.life < node.parent->below->life; // a sweep comes by in a moment
  row.state = is_old ? child_state::stopped : node.state;
  row.circuit = node.circuit;
  row.ready = node.ready;
  row.exhausted = node.exhausted;
  row.since = node.since;
  row.due = node.due;
  row.incarnation = node.incarnation;
  row.restarts_total = node.restarts;
  row.reason = node.reason;
  if (node.has_ended)
    row.reason_text =
        node.trouble && !node.trouble->text.empty() ? node.trouble->text : process::to_string(node.reason);
  if (node.trouble) {
    row.stalled = node.trouble->stalled;
    row.fenced = node.trouble->fenced;
    row.zombies = node.trouble->zombies;
  }
  if (!node.below)
    return row;
  row.type = supervision::child_type::supervisor;
  row.strategy = node.below->strategy;
  row.children = node.below->told_children;
  row.restarts_in_window = node.below->restarts_at(now);
  row.intensity = node.below->intensity;
  row.period = node.below->period;
  row.gave_up = node.below->gave_up;
  return row;
}

} // namespace cafnode::control
