#include "runtime/virtual/virtual_world.hpp"

#include "runtime/base/invariant.hpp"

#include <caf/actor_registry.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>

namespace cafnode::virtual_time {

namespace {

// Beyond this two processes talk to each other without end.
constexpr std::size_t resumes_max = 10'000'000;

caf::scheduler::test_coordinator& scheduler_of(caf::actor_system& system) {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
}

} // namespace

manual_home::manual_home(caf::actor_system& system, std::optional<std::uint64_t> order_seed)
    : process::home{&system},
      // Not zero, so that a time that was never set is seen.
      now_{base::time_point{} + std::chrono::hours{1}, base::wall_time{} + std::chrono::days{20'000}} {
  if (order_seed)
    order_.emplace(*order_seed);
}

manual_home::~manual_home() {
  while (!ready_.empty())
    caf::intrusive_ptr_release(take_next());
}

std::size_t manual_home::run() {
  CAFNODE_INVARIANT(!running_, "run() inside a handler");
  running_ = true;
  std::size_t resumed = 0;
  while (!ready_.empty()) {
    CAFNODE_INVARIANT(++resumed < resumes_max, "the processes of this test never come to rest");
    auto* next = take_next();
    switch (next->resume(this, messages_per_turn_)) {
    case caf::resumable::resume_later:
      ready_.push_back(next);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(next);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
    }
  }
  running_ = false;
  return resumed;
}

void manual_home::set_messages_per_turn(std::size_t count) {
  CAFNODE_INVARIANT(count > 0, "a turn without a message never ends");
  messages_per_turn_ = count;
}

caf::resumable* manual_home::take_next() {
  const auto index = order_ ? order_->between(0, static_cast<std::int64_t>(ready_.size()) - 1) : 0;
  const auto at = ready_.begin() + index;
  auto* next = *at;
  ready_.erase(at);
  return next;
}

void manual_home::pass(base::duration span) {
  const auto end = now_ + span;
  run();
  for (auto due = queue_.earliest(); due && *due <= end.steady; due = queue_.earliest()) {
    now_ = now_ + (std::max(*due, now_.steady) - now_.steady);
    const auto fired = queue_.pop_due(now_.steady);
    process::fire_timer(fired->target, fired->token);
    run();
  }
  now_ = now_ + (end.steady - now_.steady);
}

std::optional<base::duration> manual_home::next_due() const {
  const auto due = queue_.earliest();
  if (!due)
    return std::nullopt;
  return std::max(base::duration::zero(), *due - now_.steady);
}

void manual_home::exec_later(caf::resumable* what) {
  CAFNODE_INVARIANT(is_here(), "a virtual world is of one thread");
  ready_.push_back(what);
}

process::timer_source::ticket manual_home::arm(base::time_point due, caf::weak_actor_ptr target, std::uint64_t token) {
  return queue_.arm(due, std::move(target), token);
}

void manual_home::cancel(ticket armed) {
  queue_.cancel(armed);
}

virtual_config::virtual_config() {
  module_factories.clear(); // no scheduler of its own: the one that is named here
  set("scheduler.policy", caf::atom("testing"));
}

virtual_world::virtual_world(std::optional<std::uint64_t> order_seed) : system_{config_}, home_{system_, order_seed} {
  services().use_timers(home_.timers());
}

virtual_world::~virtual_world() {
  run();
  for (const auto& left : services().live())
    process::kill(left.handle);
  run();
  // An actor of a test that is no process may be left; waiting for it would never end.
  system_.await_actors_before_shutdown(system_.registry().running() == 0);
}

void virtual_world::run() {
  auto& scheduler = scheduler_of(system_);
  while (home_.run() + scheduler.run() > 0)
    continue;
}

void virtual_world::pass(base::duration span) {
  const auto end = now().steady + span;
  run();
  for (auto due = home_.next_due(); due && now().steady + *due <= end; due = home_.next_due()) {
    home_.pass(*due);
    run();
  }
  home_.pass(end - now().steady);
}

caf::actor virtual_world::spawn_function(std::string label, function_process::behave_function behave) {
  return spawn<function_process>(std::move(label), std::move(behave));
}

std::optional<caf::error> virtual_world::ended(const caf::actor& who) {
  std::optional<caf::error> reason;
  const auto observer = spawn_function("observer", [&reason, who](process::process_base& self) -> caf::behavior {
    self.watch(who, [&reason](const caf::error& why) { reason = why; });
    return {};
  });
  run();
  process::kill(observer);
  run();
  return reason;
}

function_process::function_process(caf::actor_config& config, std::string label, behave_function behave)
    : process_base{config, std::move(label)}, behave_{std::move(behave)} {}

} // namespace cafnode::virtual_time
