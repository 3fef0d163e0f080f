#pragma once

#include "supervisors/child_ref.hpp"
#include "supervisors/progress.hpp"

#include <caf/actor.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace cafnode::supervision {

/// The processes that a supervisor holds on to, by incarnation. Each child has one, in O(1), and now and then a second:
/// while one incarnation takes over from the other.
class held_processes {
public:
  struct entry {
    child_ref who;
    caf::actor handle;
  };

  /// `who` is not held. `beats` may be null.
  void hold(child_ref who, caf::actor handle, std::shared_ptr<const progress> beats);

  /// Null when it is not held.
  [[nodiscard]] entry* find(child_ref who) noexcept;

  /// Whether the beats of `who` have moved since the last look; the first look is the one when it was held.
  [[nodiscard]] bool has_moved(child_ref who);

  void release(child_ref who);

  [[nodiscard]] std::vector<caf::actor> all() const;

  void clear();

private:
  struct beats_seen {
    std::shared_ptr<const progress> beats;
    std::uint64_t count = 0;
  };

  std::vector<entry> first_; // by the place that is part of the slot
  std::vector<entry> second_;
  std::map<child_ref, beats_seen> beats_;
};

} // namespace cafnode::supervision
