#pragma once

#include "supervisors/child_table.hpp"
#include "supervisors/event.hpp"
#include "supervisors/restart_record.hpp"
#include "supervisors/restart_window.hpp"

#include <cstdint>

namespace cafnode::supervision {

/// Hears of every transition as it happens, on the machine's thread. The event is the machine's and used again for the
/// next one; `supervisor`, `role` and `process` are the carrier's to fill in, and the machine leaves them alone.
class transition_port {
public:
  virtual ~transition_port() = default;
  virtual void tell(event& happened) = 0;
};

/// Tells of the transitions of one supervisor and its children, each with all that a view needs, in one event that is
/// used again. Costs nothing when nobody listens.
class announcer {
public:
  /// What each event says of the supervisor; all of it outlives the announcer. `own` is the window of its intensity.
  struct facts {
    const supervisor_flags& flags;
    const child_table& children;
    const restart_window& own;
    const base::moment& now;
  };

  /// `heard` may be null and outlives the announcer.
  announcer(facts of, transition_port* heard) : of_{of}, heard_{heard} {}

  /// Of a child in its present incarnation.
  void tell(transition what, const child_record& child, const end_reason& why = {}, base::duration delay = {});

  /// Of another incarnation of a child, which itself goes on as it is.
  void tell_other(transition what, const child_record& child, std::uint32_t incarnation, const end_reason& why = {});

  /// Of the supervisor itself, which is `state`.
  void tell_own(transition what, child_state state, const end_reason& why = {});

  /// That all is back that `record` is about; `failed` is the child whose end began it.
  void tell_restart(const child_record& failed, const restart_record& record);

private:
  void fill(transition what, const end_reason& why);

  facts of_;
  transition_port* heard_;
  event scratch_; // the event that is being told
};

} // namespace cafnode::supervision
