#include "runtime/host/io_unit.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/host/io_timers.hpp"
#include "runtime/host/last_words.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/resumable.hpp>

#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <pthread.h>
#include <thread>
#include <utility>
#include <vector>

namespace cafnode::host {

struct io_unit::machinery {
  machinery(const base::clock_source& clock, std::string thread_name)
      : name{std::move(thread_name)}, context{1}, keep_open{context.get_executor()}, timers{context, clock, runs_on} {}

  void run(io_unit& self);
  void run_some_events();
  void poll_some();
  void drain(io_unit& self);
  void take_inbox();

  std::string name;
  std::deque<caf::resumable*> ready; // the thread's own
  std::mutex inbox_mutex;
  std::vector<caf::resumable*> inbox; // from other threads
  std::vector<caf::resumable*> taken; // an empty vector to swap with the inbox
  std::atomic<bool> has_inbox{false};
  boost::asio::io_context context; // behind the queues: what its callbacks hold may still be queued when it goes
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_open;
  std::atomic<std::thread::id> runs_on{};
  io_timers timers;
  escape_function on_escape;
  std::thread thread;
};

io_unit::io_unit(caf::actor_system& system, const base::clock_source& clock, std::string name)
    : process::home{&system}, machinery_{std::make_unique<machinery>(clock, std::move(name))} {}

io_unit::~io_unit() {
  stop();
  auto& own = *machinery_;
  own.take_inbox();
  for (auto* left : own.ready)
    caf::intrusive_ptr_release(left);
}

void io_unit::use_escape_hook(escape_function hook) {
  machinery_->on_escape = std::move(hook);
}

void io_unit::start() {
  auto& own = *machinery_;
  CAFNODE_INVARIANT(!own.thread.joinable(), "an I/O unit was started twice");
  own.thread = std::thread{[this] { machinery_->run(*this); }};
  pthread_setname_np(own.thread.native_handle(), own.name.substr(0, 15).c_str());
}

void io_unit::stop() {
  auto& own = *machinery_;
  CAFNODE_INVARIANT(!is_here(), "an I/O thread cannot wait for itself");
  own.keep_open.reset();
  own.context.stop();
  if (own.thread.joinable())
    own.thread.join();
}

void io_unit::abandon() noexcept {
  machinery_->context.stop();
  if (machinery_->thread.joinable())
    machinery_->thread.detach();
}

boost::asio::io_context& io_unit::context() noexcept {
  return machinery_->context;
}

void io_unit::exec_later(caf::resumable* what) {
  auto& own = *machinery_;
  if (is_here()) {
    own.ready.push_back(what); // run() drains after the event that runs now
    return;
  }
  {
    const std::lock_guard guard{own.inbox_mutex};
    own.inbox.push_back(what);
  }
  // One wake-up for however many arrive before it has run.
  if (!own.has_inbox.exchange(true))
    boost::asio::post(own.context, [] {});
}

process::timer_source& io_unit::timers() noexcept {
  return machinery_->timers;
}

bool io_unit::is_here() const noexcept {
  return machinery_->runs_on.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void io_unit::machinery::run(io_unit& self) {
  runs_on.store(std::this_thread::get_id(), std::memory_order_relaxed);
  while (!context.stopped()) {
    run_some_events();
    drain(self);
  }
  runs_on.store(std::thread::id{}, std::memory_order_relaxed);
}

void io_unit::machinery::run_some_events() {
  try {
    if (ready.empty())
      context.run_one();
    else
      poll_some();
  } catch (const std::bad_alloc&) {
    end_out_of_memory();
  } catch (const std::exception& escaped) {
    if (on_escape)
      on_escape(escaped.what());
  } catch (...) {
    if (on_escape)
      on_escape("an exception that is no std::exception");
  }
}

void io_unit::machinery::poll_some() {
  // A backlog: look at the sockets, but do not wait for them.
  for (std::size_t event = 0; event < events_per_look && context.poll_one() > 0; ++event)
    continue;
}

void io_unit::machinery::drain(io_unit& self) {
  if (has_inbox.load(std::memory_order_acquire))
    take_inbox();
  for (std::size_t turn = 0; turn < turns_per_event && !ready.empty(); ++turn) {
    auto* next = ready.front();
    ready.pop_front();
    switch (next->resume(&self, messages_per_turn)) {
    case caf::resumable::resume_later:
      ready.push_back(next);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(next);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
    }
  }
}

void io_unit::machinery::take_inbox() {
  // Lowered before the look: whoever comes in between raises it again and wakes this thread once more.
  has_inbox.store(false, std::memory_order_release);
  {
    const std::lock_guard guard{inbox_mutex};
    taken.swap(inbox);
  }
  ready.insert(ready.end(), taken.begin(), taken.end());
  taken.clear();
}

} // namespace cafnode::host
