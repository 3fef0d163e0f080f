#pragma once

#include "runtime/base/time.hpp"
#include "runtime/process/tell.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cafnode::process {

class process_base;
class services;

/// What a full mailbox does with one more message. Whatever is lost is counted, and answered when it is a request.
enum class overflow : std::uint8_t {
  drop_newest, // the message that comes is lost
  drop_oldest, // the one that has waited longest is lost: for values of which only the latest counts
  refuse,      // the message that comes is a dead letter: nothing may be lost unseen
};

/// What became of a message that was put into a mailbox.
enum class mail_outcome : std::uint8_t { kept, lost, closed };

struct mailbox_options {
  std::string name;         // shown in errors and dead letters, for example the path of its process
  std::size_t bound = 1000; // messages that may wait; 1 to mailbox::bound_max
  process::overflow overflow = overflow::refuse;
};

/// How a mailbox does, at one moment.
struct mailbox_figures {
  std::size_t bound = 0;
  std::size_t length = 0;     // messages that wait
  std::size_t high_water = 0; // most that ever waited
  std::size_t readers = 0;    // processes that are attached
  std::uint64_t taken = 0;    // given to a process
  std::uint64_t dropped = 0;  // lost to drop_newest or drop_oldest
  std::uint64_t refused = 0;  // lost to refuse
  std::uint64_t expired = 0;  // requests that waited beyond their deadline
  std::uint64_t closed = 0;   // left when it was closed, or sent after that
  bool is_closed = false;
};

/// The data messages of a process (asynchronous ones and requests, at normal priority), outside of the process:
/// bounded, and still there when the process ends. What controls a process (exit, down, timers, answers, all that is
/// urgent) does not pass through here: it is never dropped, and never waits behind data.
///
/// Whoever restarts a process holds its mailbox and spawns each incarnation with it (spawn_options, or use_mailbox in a
/// constructor). From its begin to its end an incarnation takes one message at a time; the rest stays, in order, for
/// the next one, together with what is sent in between, to the mailbox or to the handle of any incarnation. The message
/// whose handler ends the process is not given out again. While several incarnations live, the newest gets the
/// messages; when it ends first, the one before it.
///
/// It lives as long as its owner or an incarnation holds it, ends before the actor system, and ends closed. Any thread.
class mailbox {
public:
  static constexpr std::size_t bound_max = 1'000'000;
  /// More living incarnations than this: the oldest gets no more messages.
  static constexpr std::size_t readers_max = 4;

  /// `where` outlives this. A bound outside of 1 to bound_max is a programmer error.
  mailbox(services& where, mailbox_options options);
  ~mailbox();
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;

  /// Puts `mail` at the end. A request that is not taken by `deadline` is answered with request_timeout, and never
  /// handled. `tell` and `ask` make the message.
  mail_outcome put(caf::mailbox_element_ptr mail, base::time_point deadline = base::time_point::max());

  /// Its process is gone for good. What waits becomes dead letters, requests are answered with `shutdown`; so is what
  /// comes later. Further calls change nothing.
  void close();

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }

  /// Messages that wait. One relaxed load.
  [[nodiscard]] std::size_t length() const noexcept { return length_.load(std::memory_order_relaxed); }

  [[nodiscard]] mailbox_figures figures() const;

private:
  friend class process_base;

  struct entry {
    caf::mailbox_element_ptr mail;
    base::time_point deadline = base::time_point::max();
  };

  struct taken {
    entry next; // none: nothing waits for this reader
    bool more = false;
  };

  /// An incarnation, and whether its token is in its own queue. It holds a handle, so that a wake-up finds it alive.
  struct reader {
    process_base* who;
    caf::strong_actor_ptr keep;
    bool token_is_out = false;
  };

  enum class loss : std::uint8_t { dropped, refused, expired, closed };

  // -- for the process base, on the thread of `who` -------------------------------------------------------------------

  void attach(process_base& who);
  void detach(process_base& who) noexcept;

  /// The oldest message, if `who` is the newest reader. With `more` the caller puts its token into its queue again.
  taken take(process_base& who, const base::clock_source& clock);

  /// `who` does not want `unwanted` yet: it waits until restore(), which puts all such in front of the others again.
  void set_aside(entry unwanted);
  void restore() noexcept;

  // -- under the lock -------------------------------------------------------------------------------------------------

  std::size_t waiting() const noexcept { return queue_.size() + aside_.size(); }

  void note_length() noexcept;
  entry pop_oldest();
  void put_back_aside();
  caf::strong_actor_ptr to_wake();

  // -- never under the lock -------------------------------------------------------------------------------------------

  static void wake(const caf::strong_actor_ptr& who);
  void lose(caf::mailbox_element& mail, loss why) const;
  [[nodiscard]] caf::error error_of(loss why) const;

  services* services_;
  const mailbox_options options_;
  std::atomic<std::size_t> length_{0};
  mutable std::mutex mutex_; // guards what follows
  std::deque<entry> queue_;
  std::deque<entry> aside_;     // older than all in the queue
  std::vector<reader> readers_; // newest last
  mailbox_figures figures_;
};

/// A mailbox in `system`, which is made from a system_config and outlives it.
[[nodiscard]] std::shared_ptr<mailbox> make_mailbox(caf::actor_system& system, mailbox_options options);

/// As `tell` to a process, but to whichever incarnation takes it.
template<class From, class... Parts>
mail_outcome tell(From& from, const std::shared_ptr<mailbox>& to, Parts&&... parts) {
  if (detail::is_fenced(from)) [[unlikely]] {
    fence_access::drop(from, caf::make_message(std::forward<Parts>(parts)...));
    return mail_outcome::lost;
  }
  return to->put(caf::make_mailbox_element(from.ctrl(), caf::make_message_id(), {}, std::forward<Parts>(parts)...));
}

/// As `tell`, from nobody: from any thread.
template<class... Parts>
mail_outcome tell_anonymous(const std::shared_ptr<mailbox>& to, Parts&&... parts) {
  return to->put(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::forward<Parts>(parts)...));
}

} // namespace cafnode::process
