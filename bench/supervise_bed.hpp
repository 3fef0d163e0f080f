#pragma once

#include "bench/report.hpp"
#include "runtime/host/actor_host.hpp"
#include "runtime/process/home.hpp"
#include "runtime/process/spawn.hpp"

#include <caf/actor.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <utility>
#include <vector>

namespace cafnode::bench {

using steady = std::chrono::steady_clock;
using crash_atom = caf::atom_constant<caf::atom("crash")>;
using ready_atom = caf::atom_constant<caf::atom("ready")>;
using start_atom = caf::atom_constant<caf::atom("start")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;

/// Which one thread runs a contestant: an I/O thread, as everything of a connection, or CAF's scheduler.
enum class place { home, scheduler };

/// The system in which ours and the bare contestants run, each by itself: the same settings, all on one thread.
class supervise_bed {
public:
  explicit supervise_bed(place where);

  [[nodiscard]] caf::actor_system& system() noexcept { return host_.system(); }

  /// Null for CAF's scheduler.
  [[nodiscard]] process::home* home() noexcept { return home_; }

  /// Spawns an actor of CAF where everything runs.
  template<class T, class... Arguments>
  caf::actor spawn(Arguments&&... arguments) {
    caf::actor_config config{home_};
    caf::actor made = system().spawn_class<T, caf::no_spawn_options>(config, std::forward<Arguments>(arguments)...);
    process::release_system_from_this_thread();
    return made;
  }

private:
  host::actor_host host_;
  process::home* home_;
};

/// Keeps its promise when the actor that it watches has ended. CAF ends an actor that nobody holds: hold it.
class end_watcher final : public caf::event_based_actor {
public:
  end_watcher(caf::actor_config& config, caf::actor target, std::promise<void>& ended);

private:
  caf::behavior make_behavior() override;

  caf::actor target_;
  std::promise<void>* ended_;
};

/// What makes one crash after the other. Touched by the one thread that runs everything, and by the caller before and
/// after. The clock is read by the child in the handler that crashes, just before it does, and by the replacement as
/// the first thing that it does: the observer, who only says when to go on, is outside of what is measured.
struct crash_loop {
  std::size_t rounds = 0;
  std::size_t replaced = 1; // children that are new after each crash
  bool rotates = false;     // the next child crashes in the next round, not the first one again
  bool at_once = false;     // one round, in which all crash

  std::vector<caf::actor> children;
  std::size_t awaited = 0; // children that are not ready yet
  std::size_t victim = 0;
  steady::time_point crashed_at;
  steady::time_point began_at;
  steady::time_point ended_at;
  std::vector<double> samples_us;
  caf::actor driver;
  caf::actor asker; // may be none
  bool over = false;
  std::promise<void> done;

  void on_ready(std::size_t index, caf::event_based_actor& child);
};

/// Drives a crash_loop from when its first children are ready.
class crash_driver final : public caf::event_based_actor {
public:
  crash_driver(caf::actor_config& config, crash_loop& loop);

private:
  caf::behavior make_behavior() override;
  void on_ready();

  crash_loop* loop_;
  bool booted_ = false;
};

/// Children that are only counted, or whose way from the question to being ready is timed.
struct start_count {
  std::size_t wanted = 0;
  std::size_t ready = 0;
  bool timed = false;
  steady::time_point asked_at;
  std::vector<double> samples_us;
  std::promise<void> all_ready;

  void on_ready(steady::time_point asked);
};

// What a child does, whichever its base.

struct crash_role {
  crash_loop* loop;
  std::size_t index;

  void begin(caf::event_based_actor& self) const { loop->on_ready(index, self); }

  [[noreturn]] void crash() const;
};

struct count_role {
  start_count* count;
  steady::time_point asked_at;

  explicit count_role(start_count& to) : count{&to}, asked_at{to.asked_at} {}

  void begin(caf::event_based_actor&) const { count->on_ready(asked_at); }

  void crash() const {}
};

/// The smallest role: for the bytes of a child.
struct bare_role {
  start_count* count;

  explicit bare_role(start_count& to) : count{&to} {}

  void begin(caf::event_based_actor&) const { count->on_ready({}); }

  void crash() const {}
};

/// Asks one `question(n)` after the other and waits for each `Answer`.
template<class Question, class Answer>
class feeder final : public caf::event_based_actor {
public:
  feeder(caf::actor_config& config, caf::actor to, start_count& count, Question question)
      : caf::event_based_actor{config}, to_{std::move(to)}, count_{&count}, question_{std::move(question)} {}

private:
  caf::behavior make_behavior() override {
    next();
    return {[](stop_atom) {}};
  }

  void next() {
    if (asked_ == count_->wanted)
      return quit();
    if (count_->timed)
      count_->asked_at = steady::now();
    request(to_, caf::infinite, question_(asked_++)).then([this](const Answer&) { next(); });
  }

  caf::actor to_;
  start_count* count_;
  Question question_;
  std::size_t asked_ = 0;
};

/// Bytes in use in this process, by its allocator and by the kernel.
struct memory_use {
  double allocated = 0;
  double resident = 0;
};

[[nodiscard]] memory_use memory_now();

[[nodiscard]] double milliseconds_between(steady::time_point from, steady::time_point to);

/// What a run with `children` took, by child where that says more.
[[nodiscard]] figures start_stop_figures(std::size_t children, double start_ms, double stop_ms, memory_use before,
                                         memory_use after);

} // namespace cafnode::bench
