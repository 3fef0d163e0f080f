#include "supervisors/inbox.hpp"

#include <utility>

namespace cafnode::supervision {

namespace {

const child_record* subject_of(const command& wanted, const child_table& children) {
  const auto child_of = [&children](const auto& each) -> const child_record* {
    if constexpr (requires { each.spec; })
      return children.find(each.spec.id);
    else if constexpr (requires { each.id; })
      return children.find(each.id);
    else
      return nullptr;
  };
  return std::visit(child_of, wanted);
}

/// The child that the item is about; null when there is none, or it is gone.
const child_record* subject_of(const inbox_item& item, const child_table& children) {
  const auto child_of = [&children](const auto& each) -> const child_record* {
    if constexpr (requires { each.who; })
      return children.find(each.who.slot);
    else if constexpr (requires { each.wanted; })
      return subject_of(*each.wanted, children);
    else
      return nullptr;
  };
  return std::visit(child_of, item);
}

bool is_command(const inbox_item& item) {
  return std::holds_alternative<command_item>(item);
}

bool is_stop(const inbox_item& item) {
  return std::holds_alternative<stop_item>(item);
}

bool changes_all(const inbox_item& item) {
  const auto* waiting = std::get_if<command_item>(&item);
  return waiting && std::holds_alternative<change_specs>(*waiting->wanted);
}

bool may_run(const inbox_item& item, const occupation& busy, const child_table& children) {
  if (changes_all(item) || busy.together || is_stop(item))
    return busy.idle;
  const auto* child = subject_of(item, children);
  return !child || child->job == 0;
}

} // namespace

bool inbox::push(call_id call, command wanted) {
  if (commands_ == calls_max)
    return false;
  items_.push(command_item{call, std::make_unique<command>(std::move(wanted))});
  ++commands_;
  return true;
}

std::optional<inbox_item> inbox::next(const occupation& busy, const child_table& children) {
  if (busy.exclusive)
    return std::nullopt;
  bool change_waits = false;                           // no other command overtakes it
  for (std::size_t at = 0; at < items_.size(); ++at) { // few stay behind: commands, and ends of what is being replaced
    const auto& item = items_[at];
    if (!(change_waits && is_command(item)) && may_run(item, busy, children)) {
      commands_ -= is_command(item) ? 1 : 0;
      return items_.take(at);
    }
    if (busy.together || is_stop(item))
      return std::nullopt; // all of them wait for the same, and none goes past a stop
    change_waits = change_waits || changes_all(item);
  }
  return std::nullopt;
}

std::vector<call_id> inbox::clear() {
  std::vector<call_id> out;
  for (std::size_t at = 0; at < items_.size(); ++at)
    if (const auto* waiting = std::get_if<command_item>(&items_[at]))
      out.push_back(waiting->call);
  items_.clear();
  commands_ = 0;
  return out;
}

} // namespace cafnode::supervision
