#pragma once

#include "runtime/process/home.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/process/timer.hpp"

#include <caf/event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace cafnode::process {

/// The base of every actor of ours. It removes what would bite in CAF 0.17.6, once:
///
/// - an unknown message is a counted dead letter; only a request is answered with an error (CAF kills the sender);
/// - an error answer never ends the process; each `ask` has a deadline and one outcome;
/// - exits are trapped: `on_stop` decides how to end; supervision is by `watch`, never by links, since `kill` crosses links;
/// - `watch` takes strong handles only (CAF aborts on an expired address) and calls back exactly once;
/// - an exception in a handler ends the process with a `crashed` reason that keeps its text;
/// - timers can be cancelled and keep nobody alive; a stale one is ignored;
/// - control messages (exit, down, timers, stop) go at high priority, ahead of the backlog.
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

  // -- what CAF calls -------------------------------------------------------------------------------------------------

  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) final;
  const char* name() const final;
  caf::behavior make_behavior() final;
  void on_exit() final;

  // -- for processes and their parts ----------------------------------------------------------------------------------

  /// Calls `fire` once after `span`, unless the timer is cancelled or destroyed before. On this process's thread.
  [[nodiscard]] timer after(base::duration span, std::function<void()> fire);

  using watch_id = std::uint64_t;
  using down_function = std::function<void(const caf::error& reason)>;

  /// Calls `down` exactly once when `target` has ended, at once if it already has.
  watch_id watch(const caf::strong_actor_ptr& target, down_function down);
  watch_id watch(const caf::actor& target, down_function down);

  /// After this `down` is not called, even if the news is already in the mailbox.
  void unwatch(watch_id id);

  /// Ends this process after the handler that runs now. Later calls change nothing.
  void stop(caf::error reason);

protected:
  /// The message handlers. Called once, on the process's own thread, before any message; may start timers and watches.
  /// An exception here ends the process as one in a handler does.
  virtual caf::behavior behave() = 0;

  /// Somebody asks this process to end (`process::ask_to_stop`, or a plain exit signal). By default it does at once with
  /// `reason`. A process that has to finish something first overrides this and calls `stop` later; its supervisor's
  /// grace bounds that.
  virtual void on_stop(const caf::error& reason);

  /// Last call, on the process's own thread, whatever the reason. Release sockets here.
  virtual void on_end(const caf::error& reason);

private:
  struct state;

  std::string label_;
  home* home_;
  std::unique_ptr<state> state_;
};

} // namespace cafnode::process
