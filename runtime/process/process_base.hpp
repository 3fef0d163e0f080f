#pragma once

#include "runtime/process/control.hpp"
#include "runtime/process/dead_letters.hpp"
#include "runtime/process/end_watch.hpp"
#include "runtime/process/home.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/process/timer.hpp"

#include <caf/event_based_actor.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cafnode::process {

class mailbox;
class services;

/// The base of every actor of ours. It removes what would bite in CAF 0.17.6, once:
///
/// - an unknown message is a counted dead letter; only a request is answered with an error (CAF kills the sender);
/// - an error answer never ends the process; each `ask` has a deadline and one outcome;
/// - exits are trapped: `on_stop` decides how to end; supervision is by `watch`, never by links, since `kill` crosses
/// links;
/// - `watch` takes strong handles only (CAF aborts on an expired address) and calls back exactly once;
/// - an exception in a handler ends the process with a `crashed` reason that keeps its text;
/// - timers can be cancelled and keep nobody alive; a stale one is ignored;
/// - control messages (exit, down, timers, stop) go at high priority, ahead of the backlog;
/// - one that is stuck can be fenced: whatever it wakes up to do, it does no harm.
///
/// A process spawned with a home is pinned: it runs on that home's thread only, whoever sends to it.
class process_base : public caf::event_based_actor {
public:
  /// `label` is the path shown in logs, events and the tree, for example "tokyo/deribit/alpha/exchange_client".
  process_base(caf::actor_config& config, std::string label);
  ~process_base() override;

  [[nodiscard]] const std::string& label() const noexcept { return label_; }

  [[nodiscard]] home* pinned_to() const noexcept { return home_; }

  /// The time of the home or, for a process on CAF's scheduler, of the system's services.
  [[nodiscard]] base::moment now() const;

  /// How many messages wait for this process, data and control; 0 once it has ended. Any thread, at any time.
  [[nodiscard]] std::size_t mailbox_length() const noexcept;

  /// Makes `box` the place where this process's data messages wait; see mailbox.hpp. In a constructor only: nobody may
  /// have a handle yet. Once.
  void use_mailbox(std::shared_ptr<process::mailbox> box);

  // -- the fence ------------------------------------------------------------------------------------------------------

  /// From now on this process does nothing that others could see: `tell`, `ask` and its answers send nothing (each is a
  /// dead letter), no timer, watch or `guarded` callback of it fires, no message is handled. It ends with `why` right
  /// after the handler that runs now, even if that is stuck for hours. For a process that was given up, so that it and
  /// its replacement never act at once. Any thread; the first call counts.
  ///
  /// Only what goes through the process base is fenced: not CAF's own `send` and `spawn`, not a socket. Code that
  /// writes to the outside by itself checks is_fenced() in the same function, right before.
  void fence(reason_code why = reason_code::killed) noexcept;

  /// Whether fence() was called. One relaxed load; any thread.
  [[nodiscard]] bool is_fenced() const noexcept { return fence_.load(std::memory_order_relaxed) != 0; }

  // -- what CAF calls -------------------------------------------------------------------------------------------------

  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) final;
  const char* name() const final;
  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t throughput_max) final;
  caf::invoke_message_result consume(caf::mailbox_element& element) final;
  caf::behavior make_behavior() final;
  void on_exit() final;

  // -- for processes and their parts ----------------------------------------------------------------------------------
  // From behave() on, on this process's thread. Once the process has ended they do nothing.

  /// Calls `fire` once after `span`, at once when that is not above zero, unless the timer is cancelled or destroyed
  /// before: keep it as a member. On this process's thread. Memory follows the number that is armed.
  [[nodiscard]] timer after(base::duration span, std::function<void()> fire);

  using watch_id = std::uint64_t;
  using down_function = std::function<void(const caf::error& reason)>;

  /// Calls `down` exactly once when `target`, any CAF actor, has ended; soon if it already has. On this process's
  /// thread. Watching keeps nobody alive.
  watch_id watch(const caf::strong_actor_ptr& target, down_function down);
  watch_id watch(const caf::actor& target, down_function down);

  /// After this `down` is not called, even if the news is already in the mailbox.
  void unwatch(watch_id id);

  /// For one that watches many: as `watch`, but keeps nothing here. `on_watched_end(token, reason)` is called exactly
  /// once when `target` has ended, unless the watch is taken back before that.
  void watch_with(const caf::actor& target, watch_token token);

  /// Takes such a watch back. News that is already in the mailbox is still told: the token has to say whether it is
  /// still of interest. Nobody takes it back at the end of this process; until the target's end it then holds the
  /// memory, though nothing of the content, of this one.
  void unwatch_with(const caf::actor& target, watch_token token);

  /// Ends this process after the handler that runs now; nothing is handled after it. Later calls change nothing. May be
  /// called from a callback that is no handler (a socket's), on this process's thread.
  void stop(caf::error reason);

  /// Runs `callback`, which is no handler (a socket's), as if it were one: an exception ends this process as `crashed`.
  template<class Callback>
  void guarded(Callback&& callback) noexcept {
    if (is_fenced())
      return;
    try {
      std::forward<Callback>(callback)();
    } catch (...) {
      stop_for_exception(std::current_exception());
    }
  }

  using ask_id = std::uint64_t;
  /// Takes an answer; false when it is not of the expected type.
  using reply_function = std::function<bool(caf::type_erased_tuple& reply)>;
  using failure_function = std::function<void(const caf::error& reason)>;

  /// More than this many open asks are refused: a process that asks faster than it is answered must not grow.
  static constexpr std::size_t asks_max = 4096;

  /// What `process::ask` (ask.hpp) stands on; use that.
  void ask_message(const caf::strong_actor_ptr& to, base::duration timeout, caf::message question,
                   reply_function on_reply, failure_function on_failure);

  /// The same, to whichever incarnation takes it out of `to`. Nobody is watched: the outcome is an answer, what the
  /// mailbox says, or the timeout; a question that is still waiting then is never handled.
  void ask_mailbox(process::mailbox& to, base::duration timeout, caf::message question, reply_function on_reply,
                   failure_function on_failure);

protected:
  /// The message handlers. Called once, on the process's own thread, before any message; may start timers and watches.
  /// An exception here ends the process as one in a handler does.
  virtual caf::behavior behave() = 0;

  /// Somebody asks this process to end (`process::ask_to_stop`, or a plain exit signal). By default it does at once
  /// with `reason`. A process that has to finish something first overrides this and calls `stop` later; its
  /// supervisor's grace bounds that.
  virtual void on_stop(const caf::error& reason);

  /// One that was watched by `watch_with` has ended. Whoever calls that overrides this.
  virtual void on_watched_end(watch_token token, const caf::error& reason);

  /// Last call, on the process's own thread, whatever the reason. Release sockets here.
  virtual void on_end(const caf::error& reason);

private:
  friend class services;
  friend class process::mailbox;
  friend struct fence_access;
  struct state;
  struct pending_ask;
  struct mail_lane;

  [[nodiscard]] timer_source& timers() const;
  state& parts();
  caf::invoke_message_result handle(caf::mailbox_element& element);
  caf::invoke_message_result refuse(caf::mailbox_element& element);
  void end_fenced();
  void crash(const caf::mailbox_element& element, const char* text);
  void stop_for_exception(std::exception_ptr thrown) noexcept;
  void on_control(control_kind kind, std::uint64_t token);
  bool took_own(caf::mailbox_element& element);
  void on_down(const caf::down_msg& down);
  void on_answer(ask_id id, caf::type_erased_tuple& reply);
  void fail_ask(ask_id id, const caf::error& reason);
  pending_ask take_ask(ask_id id);
  pending_ask& open_ask(ask_id id, reply_function on_reply, failure_function on_failure);
  void lose_ask(ask_id id, caf::error why);
  void arm_ask(ask_id id, base::duration timeout);
  [[nodiscard]] bool asks_nothing(const caf::message& question) const;
  void bury(dead_letter_kind kind, const caf::type_erased_tuple& content) const;
  caf::result<caf::message> on_unexpected(const caf::message_view& message);
  void release_parts() noexcept;
  void note_handled() noexcept;
  [[nodiscard]] std::shared_ptr<process::mailbox> mailbox_for_senders() const noexcept;
  bool put_into_mailbox(caf::mailbox_element_ptr& element);
  void put_token();
  caf::invoke_message_result handle_mail();
  void restore_mail();
  void begin_mail();
  void end_mail(const caf::error& reason) noexcept;

  std::string label_;
  home* home_;
  services* services_;
  std::unique_ptr<state> state_;      // none until the first timer, watch or ask
  std::unique_ptr<mail_lane> mail_;   // none without a mailbox; set before anybody can send
  caf::strong_actor_ptr self_;        // from its beginning to its end: a process ends by a reason, never by neglect
  process_base* next_live_ = nullptr; // the list of the live, see services
  process_base* previous_live_ = nullptr;
  std::unique_ptr<caf::error> due_end_;   // a reason that waits for the end_due message
  std::atomic<std::uint32_t> came_{0};    // messages put into CAF's queues; any thread
  std::atomic<std::uint32_t> handled_{0}; // of those; written on this process's thread only
  std::atomic<std::uint8_t> fence_{0};    // the reason_code to end with; 0: not fenced
  bool running_ = false;                  // a handler is on the stack
  enum class stage : std::uint8_t { made, alive, over };
  std::atomic<stage> stage_{stage::made}; // written on this process's thread only
};

/// How many messages wait for `who`, data and control; none for an actor that is no process of ours. Any thread.
[[nodiscard]] std::optional<std::size_t> mailbox_length(const caf::actor& who) noexcept;

} // namespace cafnode::process
