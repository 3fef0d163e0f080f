#pragma once

#include "tests/supervisors/reference_world.hpp"

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace cafnode::test {

/// OTP's supervisor, from its rules: one message after the other, each to its end. What OTP's waits for (the end of a
/// child, the start of a supervisor) takes a `then` here, and the next message waits for `done`.
class reference_supervisor {
public:
  using then = std::function<void()>;
  using reply = std::function<void(const std::string& value)>;

  /// What became of a start: a process, nothing to run, or a failure.
  struct outcome {
    reference_pid pid;
    bool failed = false;
  };

  using then_started = std::function<void(const outcome& came)>;

  reference_supervisor(reference_world& world, const trace::script_supervisor& plan) : world_{world}, plan_{plan} {}

  /// Starts the children in order. When one fails, those before it are stopped, and the supervisor ends.
  void boot(const then_started& next);

  /// Asks it to end, from above; it does when it gets to it.
  void ask_to_end();
  /// A management call: the answer comes when the call has had its turn.
  void call(const trace::script_step& step, const reply& answer);

private:
  enum class child_state { stopped, running, restarting };

  struct child {
    trace::script_child spec;
    child_state state = child_state::stopped;
    reference_pid pid{};
  };

  using ids = std::vector<std::string>;

  // Messages
  void receive(then message);
  void schedule();
  void done();
  void on_exit(const reference_pid& who, const reference_reason& reason);
  void on_retry(const std::string& id);

  // Starting and stopping
  void start(const trace::script_child& spec, const then_started& next);
  void start_all(ids list, const std::function<void(const std::string* failed)>& next);
  void stop(const child& what, const then& next);
  void stop_all(ids list, const then& next);
  void stop_instances(const then& next);
  void end_with(const reference_reason& reason);

  // Restarting
  void restart(const std::string& id);
  void restart_one(const std::string& id);
  void restart_group(const std::string& id);
  void try_again(const std::string& id);
  [[nodiscard]] bool may_restart();
  [[nodiscard]] bool ends_supervisor(bool significant) const;

  // Calls
  void start_child(const trace::script_child& spec, const reply& answer);
  void restart_child(const std::string& id, const reply& answer);
  void terminate_child(const std::string& id, const reply& answer);
  void delete_child(const std::string& id, const reply& answer);
  void start_instance(const std::string& id, const reply& answer);
  [[nodiscard]] std::string children_listed() const;
  [[nodiscard]] std::string children_counted() const;

  // Children
  [[nodiscard]] child* find(const std::string& id);
  void came_up(child& which, const outcome& came);
  /// It no longer runs: a temporary child and an instance are forgotten, any other is kept.
  void retire(const std::string& id);
  void forget(const std::string& id);
  [[nodiscard]] ids all() const;

  [[nodiscard]] bool is_simple() const { return plan_.flags.strategy == supervision::strategy::simple_one_for_one; }

  reference_world& world_;
  const trace::script_supervisor& plan_;
  reference_pid self_;
  std::vector<child> children_; // in start order
  std::deque<std::int64_t> restarts_;
  std::deque<then> mailbox_;
  bool busy_ = true;
  bool scheduled_ = false;
};

} // namespace cafnode::test
