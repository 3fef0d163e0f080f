#pragma once

#include <caf/actor_system.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/fwd.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <unordered_set>

namespace cafnode::process {

/// CAF's clock without its cost for those who never use it. At the end of each actor CAF 0.17.6 tells its clock to
/// forget that actor's timeouts: that wakes the clock's thread, and blocks while 64 of them wait. Processes have timers
/// of their own, so there is nothing to forget; this asks the real clock only about actors that set a timeout. Any
/// thread. It remembers one number for each living actor that has set one.
class quiet_clock final : public caf::detail::thread_safe_actor_clock {
public:
  /// Hands on to `real`, which outlives this.
  explicit quiet_clock(caf::actor_clock& real) : real_{&real} {}

  [[nodiscard]] time_point now() const noexcept override { return real_->now(); }

  void set_ordinary_timeout(time_point due, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) override;
  void set_multi_timeout(time_point due, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) override;
  void set_request_timeout(time_point due, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point due, caf::strong_actor_ptr receiver, caf::mailbox_element_ptr content) override;
  void schedule_message(time_point due, caf::group target, caf::strong_actor_ptr sender, caf::message content) override;
  void cancel_all() override;

  /// Actors whose end the real clock will be told of.
  [[nodiscard]] std::size_t users() const noexcept { return count_.load(std::memory_order_relaxed); }

private:
  void remember(const caf::abstract_actor& self);
  bool forget(const caf::abstract_actor& self);

  caf::actor_clock* real_;
  std::atomic<std::size_t> count_{0}; // of users_, so that most need no lock
  std::mutex mutex_;                  // guards what follows
  std::unordered_set<caf::actor_id> users_;
};

/// Makes CAF's sharing scheduler with such a clock; for actor_system_config::module_factories.
[[nodiscard]] caf::actor_system::module* make_quiet_scheduler(caf::actor_system& system);

} // namespace cafnode::process
