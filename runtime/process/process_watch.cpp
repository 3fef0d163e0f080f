#include "runtime/base/invariant.hpp"
#include "runtime/process/process_parts.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace cafnode::process {

timer process_base::after(base::duration span, std::function<void()> fire) {
  if (stage_ == stage::over)
    return {};
  auto& table = parts().timers;
  if (!table)
    table = std::make_shared<timer::shared>(timers());
  const auto token = ++table->last_token;
  const auto ticket = table->source->arm(now().steady + span, caf::actor_cast<caf::weak_actor_ptr>(self_), token);
  table->armed.emplace(token, timer::shared::entry{ticket, std::move(fire)});
  timer armed;
  armed.table_ = table;
  armed.token_ = token;
  return armed;
}

process_base::watch_id process_base::watch(const caf::strong_actor_ptr& target, down_function down) {
  if (stage_ == stage::over)
    return 0;
  CAFNODE_INVARIANT(target, "nobody was given to watch");
  CAFNODE_INVARIANT(target != ctrl(), "a process watches itself");
  auto& mine = parts();
  auto& entry = mine.targets[target.get()];
  const bool first = entry.watchers.empty();
  const auto id = ++mine.last_watch;
  entry.watchers.push_back({id, std::move(down)});
  mine.watches.emplace(id, target.get());
  if (first) {
    entry.address = caf::actor_cast<caf::actor_addr>(target);
    // A target that has ended answers at once, with its true reason.
    monitor<caf::message_priority::high>(target);
  }
  return id;
}

process_base::watch_id process_base::watch(const caf::actor& target, down_function down) {
  return watch(caf::actor_cast<caf::strong_actor_ptr>(target), std::move(down));
}

void process_base::unwatch(watch_id id) {
  if (!state_)
    return;
  const auto found = state_->watches.find(id);
  if (found == state_->watches.end())
    return;
  const auto target = state_->targets.find(found->second);
  state_->watches.erase(found);
  if (target == state_->targets.end())
    return; // its down is being told right now
  auto& watchers = target->second.watchers;
  const auto gone = std::find_if(watchers.begin(), watchers.end(), [id](const auto& each) { return each.id == id; });
  const auto released = std::move(gone->down); // destroyed last, since it may own others
  watchers.erase(gone);
  if (!watchers.empty())
    return;
  const auto address = target->second.address;
  state_->targets.erase(target);
  demonitor(address);
}

void process_base::watch_with(const caf::actor& target, watch_token token) {
  if (stage_ == stage::over)
    return;
  CAFNODE_INVARIANT(stage_ != stage::made, "timers, watches and asks wait until behave()");
  CAFNODE_INVARIANT(target, "nobody was given to watch");
  CAFNODE_INVARIANT(target != this, "a process watches itself");
  // One that has ended tells it at once, with its true reason.
  caf::actor_cast<caf::abstract_actor*>(target)->attach(
      std::make_unique<end_watch>(caf::actor_cast<caf::weak_actor_ptr>(self_), token));
}

void process_base::unwatch_with(const caf::actor& target, watch_token token) {
  caf::actor_cast<caf::abstract_actor*>(target)->detach(end_watch::key{ctrl(), token});
}

void process_base::on_down(const caf::down_msg& down) {
  if (!state_)
    return;
  const auto found = state_->targets.find(caf::actor_cast<caf::actor_control_block*>(down.source));
  if (found == state_->targets.end())
    return; // unwatched in the meantime
  auto watchers = std::move(found->second.watchers);
  state_->targets.erase(found);
  for (auto& each : watchers) {
    // An earlier one may have taken this one back, or ended the process.
    if (state_ && !getf(is_shutting_down_flag) && state_->watches.erase(each.id) > 0)
      each.down(down.reason);
  }
}

} // namespace cafnode::process
