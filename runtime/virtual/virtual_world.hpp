#pragma once

#include "runtime/base/rng.hpp"
#include "runtime/process/home.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/system_config.hpp"
#include "runtime/process/tell.hpp"
#include "runtime/process/timer_queue.hpp"

#include <caf/actor_system.hpp>
#include <caf/behavior.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace cafnode::virtual_time {

/// A home on the thread that made it, where time passes only when told to. Everything that is pinned here runs in
/// `run`, one process at a time, in the order in which they became ready or, with a seed, in an order drawn from it.
/// All of it is for that one thread. To have a whole system of processes, use virtual_world; a home of its own stands
/// for one I/O thread among others.
class manual_home final : public process::home, private process::timer_source {
public:
  explicit manual_home(caf::actor_system& system, std::optional<std::uint64_t> order_seed = std::nullopt);
  ~manual_home() override;

  /// Resumes what is ready until nothing is. Gives how often a process was resumed.
  std::size_t run();

  /// Lets `span` pass: each timer that falls due fires at its own time, in due order, with a run() after each.
  void pass(base::duration span);

  /// Time passes and nothing runs: the process was stopped. What was due is late from then on.
  void stop_for(base::duration span) { now_ = now_ + span; }

  /// How many messages a process handles before the next ready one gets its turn, at least 1; by default as many as in
  /// a node.
  void set_messages_per_turn(std::size_t count);

  /// How long until the next timer; none when nothing is armed.
  [[nodiscard]] std::optional<base::duration> next_due() const;

  [[nodiscard]] std::size_t armed_timers() const noexcept { return queue_.size(); }

  [[nodiscard]] std::size_t ready() const noexcept { return ready_.size(); }

  // -- home and clock -------------------------------------------------------------------------------------------------

  void exec_later(caf::resumable* what) override;

  [[nodiscard]] process::timer_source& timers() noexcept override { return *this; }

  [[nodiscard]] bool is_here() const noexcept override { return std::this_thread::get_id() == thread_; }

  [[nodiscard]] base::moment now() const override { return now_; }

private:
  ticket arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) override;
  void cancel(ticket armed) override;
  caf::resumable* take_next();

  std::deque<caf::resumable*> ready_;
  process::timer_queue queue_;
  base::moment now_;
  std::optional<base::rng> order_;
  std::size_t messages_per_turn_ = process::system_config::throughput_max;
  std::thread::id thread_ = std::this_thread::get_id();
  bool running_ = false;
};

/// The settings of a virtual_world: CAF's scheduler becomes a queue that the world drains on the test's thread.
class virtual_config final : public process::system_config {
public:
  virtual_config();
};

/// A whole actor system in one thread and in virtual time, to test processes and supervisors with: nothing sleeps, an
/// hour passes at once, and each run with the same seed is the same.
///
///     virtual_world world;
///     const auto who = world.spawn<my_process>("name");
///     world.run();                        // until nobody has anything to do
///     process::tell_anonymous(who, my_message{});
///     world.pass(30s);                    // timers fire, each at its own time
///     CHECK(world.ended(who).has_value());
///
/// A tree of supervisors: `start_supervisor(world.system(), &world.home(), plan)`.
///
/// Without a seed, ready processes run in the order in which they became ready; with one, in an order drawn from it, so
/// that a test can go through many. Processes that never come to rest are a broken invariant. Its end kills what is
/// left. Of one thread; several worlds may stand side by side.
class virtual_world {
public:
  explicit virtual_world(std::optional<std::uint64_t> order_seed = std::nullopt);
  ~virtual_world();
  virtual_world(const virtual_world&) = delete;
  virtual_world& operator=(const virtual_world&) = delete;

  [[nodiscard]] caf::actor_system& system() noexcept { return system_; }

  [[nodiscard]] manual_home& home() noexcept { return home_; }

  [[nodiscard]] process::services& services() noexcept { return config_.services(); }

  [[nodiscard]] base::moment now() const { return home_.now(); }

  /// Runs whatever is ready, pinned here or on CAF's scheduler, until nothing is.
  void run();

  /// As manual_home::pass, for everything in this world.
  void pass(base::duration span);

  /// Time passes and nothing runs: the process was stopped. What was due is late from then on.
  void stop_for(base::duration span) { home_.stop_for(span); }

  /// Spawns a `T` that is pinned to this world's home. It begins in the next run().
  template<class T, class... Arguments>
  caf::actor spawn(Arguments&&... arguments) {
    return process::spawn_process<T>(system_, &home_, std::forward<Arguments>(arguments)...);
  }

  /// A process whose behavior is what `behave` gives; it may use all that a process_base offers.
  caf::actor spawn_function(std::string label, std::function<caf::behavior(process::process_base& self)> behave);

  /// Whether `who` has ended, and why; none while it lives. Runs the world.
  [[nodiscard]] std::optional<caf::error> ended(const caf::actor& who);

private:
  virtual_config config_;
  caf::actor_system system_;
  manual_home home_;
};

/// A process made from a function.
class function_process final : public process::process_base {
public:
  using behave_function = std::function<caf::behavior(process::process_base& self)>;
  function_process(caf::actor_config& config, std::string label, behave_function behave);

private:
  caf::behavior behave() override { return behave_(*this); }

  behave_function behave_;
};

} // namespace cafnode::virtual_time
