#pragma once

#include "runtime/base/fifo.hpp"
#include "supervisors/action.hpp"
#include "supervisors/child_table.hpp"
#include "supervisors/management.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace cafnode::supervision {

struct exit_item { // a child ended by itself
  child_ref who;
};

struct retry_item { // a restart that failed comes back
  child_ref who;
};

struct due_item { // the wait of one child is over
  child_ref who;
};

struct group_due_item {}; // the wait of a group is over

struct command_item {
  call_id call = 0;
  std::unique_ptr<command> wanted;
};

struct stop_item {}; // the supervisor is to end

using inbox_item = std::variant<exit_item, retry_item, due_item, group_due_item, command_item, stop_item>;

/// What a supervisor has in hand, which is what its inbox waits for.
struct occupation {
  bool exclusive = false; // nothing else may begin: it starts, ends, or changes as a whole
  bool together = false;  // its children share their fate, so that work on one is work on all
  bool idle = true;       // no work is under way
};

/// What waits for its turn at a supervisor, as it would in the mailbox of OTP's: in order, but under one_for_one what
/// is about one child does not hold up what is about another. Its bound is one exit, one retry and one wait that is
/// over a child, one wait of a group, one stop, and `calls_max` commands.
class inbox {
public:
  /// All but commands.
  void push(inbox_item item) { items_.push(std::move(item)); }

  /// False, and nothing is done, when `calls_max` commands wait.
  [[nodiscard]] bool push(call_id call, command wanted);

  /// Takes out what is to be done now; none when all of it has to wait.
  [[nodiscard]] std::optional<inbox_item> next(const occupation& busy, const child_table& children);

  /// Forgets all; gives the calls whose commands were among it.
  std::vector<call_id> clear();

  [[nodiscard]] std::size_t waiting_commands() const noexcept { return commands_; }

private:
  base::fifo<inbox_item> items_;
  std::size_t commands_ = 0; // among them
};

} // namespace cafnode::supervision
