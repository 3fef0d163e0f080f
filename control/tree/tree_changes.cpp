// What events do to the rows.
#include "control/tree/tree_store.hpp"
#include "supervisors/end_reason.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>

namespace cafnode::control {

namespace {

using supervision::child_state;
using supervision::child_type;
using supervision::transition;

bool is_end(transition what) {
  return what == transition::child_ended || what == transition::child_stopped || what == transition::child_killed ||
         what == transition::child_start_failed || what == transition::supervisor_stopped;
}

bool has_process(child_state state) {
  return state == child_state::starting || state == child_state::running || state == child_state::stopping;
}

/// Whether this is about the incarnation that the child is now, or is to be; not about one that was replaced.
bool is_current(const tree_node& node, const supervision::event& happened) {
  if (happened.what == transition::child_started || happened.incarnation == node.incarnation)
    return true;
  return happened.incarnation > node.incarnation && node.state != child_state::running;
}

void set_state(tree_node& node, child_state state, base::moment at) {
  if (node.state != state)
    node.since = at;
  node.state = state;
}

void take_end(tree_node& node, const supervision::event& happened) {
  node.has_ended = true;
  node.reason = happened.reason;
  const bool has_words = happened.reason_text != process::to_string(happened.reason);
  if (has_words && !happened.reason_text.empty())
    node.troubles().text = happened.reason_text.substr(0, supervision::reason_text_max);
  else if (node.trouble)
    node.trouble->text.clear();
}

void take_process(tree_node& node, const supervision::event& happened) {
  if (!has_process(node.state))
    node.process = nullptr;
  else if (happened.process && node.process.get() != caf::actor_cast<caf::actor_control_block*>(*happened.process))
    node.process = caf::actor_cast<caf::weak_actor_ptr>(*happened.process);
}

void take_current(tree_node& node, const supervision::event& happened) {
  if (happened.what == transition::child_started) {
    node.since = happened.at;
    node.exhausted = false;
  }
  node.incarnation = happened.incarnation;
  node.ready = happened.ready && node.state == child_state::running;
  take_process(node, happened);
  if (is_end(happened.what))
    take_end(node, happened);
}

void take_flags(supervisor_part& part, const supervision::event& happened) {
  if (happened.period <= happened.period.zero())
    return; // one that was killed has no flags any more
  part.strategy = happened.strategy;
  part.intensity = happened.intensity;
  part.period = happened.period;
  part.told_children = happened.children;
  part.take_restarts(happened.at.steady, happened.restarts_in_window);
}

} // namespace

void tree_store::take(const supervision::event& happened) {
  auto* supervisor = supervisor_of(happened);
  if (!supervisor)
    return;
  count(*supervisor, -1);
  take_flags(*supervisor->below, happened);
  take_own(*supervisor, happened);
  count(*supervisor, 1);
  if (happened.child.empty())
    return;
  if (happened.what == transition::child_started && happened.incarnation > 1)
    ++counts_.restarts;
  if (auto* child = child_of(*supervisor, happened))
    take_child(*child, happened);
}

tree_node* tree_store::supervisor_of(const supervision::event& happened) {
  if (auto* known = supervisor_at(happened.supervisor))
    return known;
  const auto [parent, id] = parent_of(happened.supervisor);
  auto& among = children_of(parent);
  const auto found = among.find(id);
  auto* node = found == among.end() ? add(parent, id) : &*found;
  if (!node)
    return nullptr;
  node->since = happened.at;
  make_supervisor(*node);
  return node;
}

/// The row of the child that `happened` is about, new if need be; null when it is gone, or there is no room.
tree_node* tree_store::child_of(tree_node& supervisor, const supervision::event& happened) {
  auto& part = *supervisor.below;
  const auto slot = static_cast<std::uint32_t>(happened.who.slot);
  if (slot != 0 && slot <= part.by_slot.size() && part.by_slot[slot - 1] &&
      part.by_slot[slot - 1]->id == happened.child)
    return part.by_slot[slot - 1];
  const bool is_last = part.children.empty() || part.children.rbegin()->id < happened.child;
  const auto found = is_last ? part.children.end() : part.children.find(std::string_view{happened.child});
  if (found == part.children.end() && happened.state == child_state::gone)
    return nullptr;
  auto* node = found == part.children.end() ? add(&supervisor, happened.child) : &*found;
  if (!node || slot == 0 || slot > rows_max_)
    return node;
  if (node->slot != 0)
    part.by_slot[node->slot - 1] = nullptr;
  if (slot > part.by_slot.size())
    part.by_slot.resize(slot);
  if (auto* other = std::exchange(part.by_slot[slot - 1], node))
    other->slot = 0;
  node->slot = slot;
  return node;
}

void tree_store::take_own(tree_node& node, const supervision::event& happened) {
  auto& part = *node.below;
  if (happened.what == transition::intensity_exceeded)
    part.gave_up = true;
  if (part.ended && happened.what != transition::supervisor_stopped) {
    part.ended = false; // it has been started again
    node.life = node.parent ? node.parent->below->life : 0;
    set_state(node, child_state::starting, happened.at);
  }
  if (!happened.child.empty())
    return;
  set_state(node, happened.state, happened.at);
  if (is_end(happened.what))
    take_end(node, happened);
  if (happened.what == transition::supervisor_stopped)
    return end_below(node, happened.at);
  if (happened.what != transition::supervisor_started)
    return;
  part.gave_up = false;
  if (std::exchange(part.has_old, false))
    sweeps_.push_back({node.path(), true, happened.at});
}

void tree_store::take_child(tree_node& node, const supervision::event& happened) {
  if (happened.what == transition::child_deleted || happened.state == child_state::gone)
    return erase(node);
  if (happened.type == child_type::supervisor && !node.below)
    make_supervisor(node);
  count(node, -1);
  node.guessed = false;
  if (std::exchange(node.life, node.parent->below->life) < node.parent->below->life)
    node.incarnation = 0; // counted anew
  const bool current = is_current(node, happened);
  node.restarts = static_cast<std::uint32_t>(happened.restarts_total);
  node.circuit = happened.circuit;
  set_state(node, happened.state, happened.at);
  if (happened.state != child_state::waiting)
    node.due = {};
  else if (happened.what == transition::restart_scheduled || happened.what == transition::circuit_opened)
    node.due = happened.at.steady + happened.delay;
  node.exhausted = node.exhausted || happened.what == transition::budget_exhausted;
  if (current)
    take_current(node, happened);
  if (happened.what == transition::child_stalled)
    ++node.troubles().stalled;
  count(node, 1);
  if (happened.what == transition::child_fenced) {
    ++node.troubles().fenced;
    ++node.parent->troubles().fenced;
    if (happened.process)
      take_zombie(node, *happened.process);
  }
  if (node.below && current && is_end(happened.what) && !has_process(happened.state))
    end_below(node, happened.at);
}

void tree_store::take_zombie(tree_node& node, const caf::actor& process) {
  ++counts_.zombies;
  ++node.troubles().zombies;
  ++node.parent->troubles().zombies;
  if (zombies_.size() < zombies_max)
    zombies_.push_back({&node, node.parent, caf::actor_cast<caf::weak_actor_ptr>(process)});
}

void tree_store::bury(const caf::weak_actor_ptr& process) {
  const auto found = std::ranges::find(zombies_, process, &zombie::process);
  if (found == zombies_.end())
    return;
  --counts_.zombies;
  for (auto* each : {found->whose, found->above})
    if (each)
      --each->trouble->zombies;
  zombies_.erase(found);
}

/// A supervisor that was killed had no time to tell what became of its children; they go with it.
void tree_store::end_below(tree_node& node, base::moment at) {
  auto& part = *node.below;
  if (std::exchange(part.ended, true))
    return;
  part.has_old = true;
  ++part.life;
  sweeps_.push_back({node.path(), false, at});
}

void tree_store::mark_ended(tree_node& node, base::moment at) {
  count(node, -1);
  set_state(node, child_state::stopped, at);
  node.ready = false;
  node.due = {};
  node.process = nullptr;
  count(node, 1);
  if (node.below)
    end_below(node, at);
}

void tree_store::sweep() {
  auto task = std::move(sweeps_.back());
  sweeps_.pop_back();
  const auto* node = supervisor_at(task.path);
  if (!node)
    return;
  auto& part = *node->below;
  auto each = task.after.empty() ? part.children.begin() : part.children.upper_bound(std::string_view{task.after});
  for (std::size_t looked_at = 0; each != part.children.end() && looked_at < rows_per_sweep; ++looked_at) {
    auto& child = *each++;
    task.after = child.id;
    if (child.life >= part.life)
      continue;
    if (task.erases)
      erase(child);
    else
      mark_ended(child, task.at);
  }
  if (each != part.children.end())
    sweeps_.push_back(std::move(task));
}

} // namespace cafnode::control
