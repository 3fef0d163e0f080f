#include "runtime/process/quiet_scheduler.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/group.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <utility>

namespace cafnode::process {

namespace {

class quiet_scheduler final : public caf::scheduler::coordinator<caf::policy::work_sharing> {
public:
  using parent = caf::scheduler::coordinator<caf::policy::work_sharing>;

  explicit quiet_scheduler(caf::actor_system& system) : parent{system}, clock_{parent::clock()} {}

  caf::detail::thread_safe_actor_clock& clock() noexcept override { return clock_; }

private:
  quiet_clock clock_;
};

} // namespace

void quiet_clock::remember(const caf::abstract_actor& self) {
  const std::lock_guard guard{mutex_};
  users_.insert(self.id());
  count_.store(users_.size(), std::memory_order_relaxed);
}

bool quiet_clock::forget(const caf::abstract_actor& self) {
  const std::lock_guard guard{mutex_};
  const bool known = users_.erase(self.id()) > 0;
  count_.store(users_.size(), std::memory_order_relaxed);
  return known;
}

void quiet_clock::set_ordinary_timeout(time_point due, caf::abstract_actor* self, caf::atom_value type,
                                       std::uint64_t id) {
  remember(*self);
  real_->set_ordinary_timeout(due, self, type, id);
}

void quiet_clock::set_multi_timeout(time_point due, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) {
  remember(*self);
  real_->set_multi_timeout(due, self, type, id);
}

void quiet_clock::set_request_timeout(time_point due, caf::abstract_actor* self, caf::message_id id) {
  remember(*self);
  real_->set_request_timeout(due, self, id);
}

void quiet_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  real_->cancel_ordinary_timeout(self, type);
}

void quiet_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  real_->cancel_request_timeout(self, id);
}

void quiet_clock::cancel_timeouts(caf::abstract_actor* self) {
  // An actor sets its timeouts itself, and ends on its own thread: if it has set one, its own store is seen here.
  if (count_.load(std::memory_order_relaxed) > 0 && forget(*self))
    real_->cancel_timeouts(self);
}

void quiet_clock::schedule_message(time_point due, caf::strong_actor_ptr receiver, caf::mailbox_element_ptr content) {
  real_->schedule_message(due, std::move(receiver), std::move(content));
}

void quiet_clock::schedule_message(time_point due, caf::group target, caf::strong_actor_ptr sender,
                                   caf::message content) {
  real_->schedule_message(due, std::move(target), std::move(sender), std::move(content));
}

void quiet_clock::cancel_all() {
  real_->cancel_all();
}

caf::actor_system::module* make_quiet_scheduler(caf::actor_system& system) {
  return new quiet_scheduler{system};
}

} // namespace cafnode::process
