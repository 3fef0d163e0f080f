#pragma once

#include "supervisors/announcer.hpp"
#include "supervisors/child_table.hpp"
#include "supervisors/restart_record.hpp"

#include <vector>

namespace cafnode::supervision {

/// Follows each failure until all that it took down is back, and tells of that.
class outages {
public:
  /// All of it outlives this.
  outages(const supervisor_flags& flags, child_table& children, const base::moment& now, announcer& heard)
      : flags_{flags}, children_{children}, now_{now}, heard_{heard} {}

  /// A child failed for `why`, or failed to come back: it is about to be restarted.
  void attempt(child_record& child, const end_reason& why);

  /// A child that failed is not to come back.
  static void call_off(child_record& child);

  /// What is to come back of a group was called off; what is back already stays.
  void call_off_group();

  /// `started` is what a restart has started, and all of it.
  void complete(const std::vector<slot_key>& started);

private:
  [[nodiscard]] std::vector<slot_key> those_back(const std::vector<slot_key>& started) const;
  void tell(const child_record& failed);

  const supervisor_flags& flags_;
  child_table& children_;
  const base::moment& now_;
  announcer& heard_;
  restart_record record_; // the one that is being told
};

} // namespace cafnode::supervision
