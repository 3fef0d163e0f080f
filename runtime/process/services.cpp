#include "runtime/process/services.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/process/type_names.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace cafnode::process {

timer_source& services::timers() const {
  CAFNODE_INVARIANT(timers_ != nullptr, "a process without a home needs the timers of its system: use_timers()");
  return *timers_;
}

std::vector<live_process> services::live() const {
  const std::lock_guard guard{mutex_};
  std::vector<live_process> found;
  found.reserve(live_count_);
  // A process in the list holds itself, so that a handle to it can still be had.
  for (auto* each = first_; each != nullptr; each = each->next_live_)
    found.push_back({each->label(), caf::actor_cast<caf::actor>(each->self_)});
  return found;
}

std::size_t services::live_count() const {
  const std::lock_guard guard{mutex_};
  return live_count_;
}

void services::bury(dead_letter_kind kind, const std::string& receiver, const caf::type_erased_tuple& content,
                    const base::clock_source* clock) {
  if (!dead_letters_.count(kind))
    return;
  const auto* source = clock != nullptr ? clock : timers_;
  dead_letters_.keep({receiver, type_names(content), kind, source != nullptr ? source->now() : base::moment{}});
}

void services::enter(process_base& begun) {
  const std::lock_guard guard{mutex_};
  begun.next_live_ = first_;
  if (first_ != nullptr)
    first_->previous_live_ = &begun;
  first_ = &begun;
  ++live_count_;
}

void services::leave(process_base& ended) noexcept {
  const std::lock_guard guard{mutex_};
  (ended.previous_live_ != nullptr ? ended.previous_live_->next_live_ : first_) = ended.next_live_;
  if (ended.next_live_ != nullptr)
    ended.next_live_->previous_live_ = ended.previous_live_;
  ended.next_live_ = nullptr;
  ended.previous_live_ = nullptr;
  --live_count_;
}

void services::tell_end(const std::string& label, const caf::error& reason) const noexcept {
  if (!end_hook_)
    return;
  try {
    end_hook_(label, reason);
  } catch (...) { // NOLINT: whoever logs must not end the process that it logs about
  }
}

} // namespace cafnode::process
