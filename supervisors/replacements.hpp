#pragma once

#include "supervisors/child_driver.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace cafnode::supervision {

/// Make before break: keeps the second processes that children have for a while. A *successor* is started beside the
/// child, and takes its place when it is ready; a *retired* process has been replaced, or was to replace another, and
/// is being stopped. At most one of each per child.
class replacements {
public:
  /// All of it outlives this.
  replacements(const supervisor_flags& flags, child_table& children, outbox& out, announcer& heard,
               child_driver& driver)
      : flags_{flags}, children_{children}, out_{out}, heard_{heard}, driver_{driver} {}

  // -- successors -----------------------------------------------------------------------------------------------------

  /// Has a successor of a child that runs started.
  void begin(child_record& child);

  [[nodiscard]] bool is_successor(child_ref who) const;

  /// Whether it runs, and nobody has killed it: it may say that it is ready.
  [[nodiscard]] bool may_take_over(child_ref who) const;

  [[nodiscard]] bool has_successors() const noexcept { return !successors_.empty(); }

  /// A successor runs and is waited for until it says that it is ready.
  void spawned(const child_record& child);

  /// A successor is ready: from now on it is the child. True when the old one has to be waited for; false when that
  /// had ended already.
  [[nodiscard]] bool promote(child_record& child);

  /// A successor did not start, or ended before it was ready: the old one goes on. Gives the reason: `why`, or that it
  /// took too long.
  [[nodiscard]] end_reason failed(child_record& child, end_reason why);

  /// A successor had its time to be ready.
  void successor_is_due(const child_record& child);

  /// A successor that was started when nobody needs it any more is stopped like a process that was replaced.
  void retire_successor(const child_record& child);

  /// At the end of the supervisor: successors that run are retired. How many ends are to come, with those of successors
  /// whose start is under way.
  [[nodiscard]] std::size_t retire_all();

  // -- retired processes ----------------------------------------------------------------------------------------------

  [[nodiscard]] bool is_retired(child_ref who) const;

  /// Whether the child has a process beside its own.
  [[nodiscard]] bool has_second(slot_key slot) const { return successors_.contains(slot) || retired_.contains(slot); }

  /// The end of a retired process that was waited for.
  void retired_ended(slot_key slot, const end_reason& why);

  void grace_is_over(slot_key slot);

  void kill_all();

  /// What was killed does not end: it is fenced. Which of the two it was, if any.
  enum class stuck_one { nobody, retired, successor };
  [[nodiscard]] stuck_one fence(slot_key slot);

private:
  enum class successor_phase : std::uint8_t { called, spawned, killed };

  struct successor {
    std::uint32_t incarnation = 0;
    successor_phase phase = successor_phase::called;
  };

  enum class retired_phase : std::uint8_t { asked, killed };

  struct retired {
    child_ref who;
    retired_phase phase = retired_phase::asked;
  };

  void retire(const child_record& child, child_ref who, bool killed);
  void kill(retired& old);

  const supervisor_flags& flags_;
  child_table& children_;
  outbox& out_;
  announcer& heard_;
  child_driver& driver_;
  std::map<slot_key, successor> successors_;
  std::map<slot_key, retired> retired_;
};

} // namespace cafnode::supervision
