#include "market.hpp"

#include "runtime/process/ask.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/system_config.hpp"
#include "runtime/process/tell.hpp"
#include "supervisors/words.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace market {

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

/// Null when nobody has the name.
caf::actor find(const caf::actor_system& system, std::string_view name) {
  const auto found = process::services_of(system).names().whereis(name);
  return found ? found->holder : caf::actor{};
}

/// What a factory answers for a child that others find by its name. A name is free again when its owner has ended.
supervision::start_outcome started_as(std::string_view name, const caf::actor& made,
                                      const process::process_base& above) {
  const auto claimed = process::services_of(above.home_system()).names().claim(name, made);
  if (claimed)
    return supervision::started{made};
  process::kill(made); // no supervisor will look after it
  return supervision::start_failed{process::make_reason(process::reason_code::start_failed, claimed.fault().text)};
}

/// A process of this library. Its base does what is easily got wrong in plain CAF: an exception ends it with a reason
/// that keeps the text, an unknown message harms nobody, timers can be cancelled, each ask has one outcome.
class feed final : public process::process_base {
public:
  feed(caf::actor_config& config, int life) : process_base{config, "root/market/feed"}, life_{life} {}

private:
  caf::behavior behave() override {
    return {[this](const next_quote&) { return give(); }};
  }

  quote give() {
    // No handling here: the supervisor is the one place that knows what to do about it.
    if (given_ == 3 && life_ <= 2)
      throw std::runtime_error{"quote 4 is garbled"};
    return {++given_, life_};
  }

  int life_;
  int given_ = 0;
};

class consumer final : public process::process_base {
public:
  consumer(caf::actor_config& config, caf::actor from, caf::actor listener)
      : process_base{config, "root/market/consumer"}, feed_{std::move(from)}, listener_{std::move(listener)} {}

private:
  caf::behavior behave() override {
    wait();
    return {}; // it only asks: nobody sends to it
  }

  void wait() {
    next_ = after(20ms, [this] { ask_feed(); });
  }

  void ask_feed() {
    // A feed that is late is asked again. One that is gone is not: then this consumer is being replaced already.
    process::ask(
        *this, feed_, 1s, next_quote{}, [this](const quote& got) { on_quote(got); },
        [this](const caf::error&) { wait(); });
  }

  void on_quote(const quote& got) {
    std::printf("%-12s quote %d of feed #%d\n", "consumer", got.number, got.life);
    // The recorder is restarted without us, so it is looked up each time; to a null handle nothing is sent.
    process::tell(*this, find(system(), "recorder"), got);
    if (got.number == quotes_wanted)
      process::tell(*this, listener_, enough_quotes{});
    else
      wait();
  }

  caf::actor feed_;
  caf::actor listener_;
  process::timer next_; // goes with the process: no timer fires into one that has ended
};

struct tally {
  int quotes = 0;
};

/// A plain CAF actor: nothing in it knows that it is supervised.
caf::behavior recorder(caf::stateful_actor<tally>* self) {
  return {
      [self](const quote&) { ++self->state.quotes; },
      [self](caf::get_atom) { return self->state.quotes; },
  };
}

supervision::child_spec feed_spec() {
  supervision::child_spec spec;
  spec.id = "feed";
  // Called for each life, on the supervisor's thread. Children live where their supervisor lives (`pinned_to`): on
  // CAF's scheduler in a program, in the one thread of a test.
  spec.start = [lives = std::make_shared<int>(0)](process::process_base& above) {
    return started_as("feed", process::spawn_process<feed>(above.system(), above.pinned_to(), ++*lives), above);
  };
  return spec;
}

supervision::child_spec consumer_spec(const caf::actor& listener) {
  supervision::child_spec spec;
  spec.id = "consumer";
  // It may keep the feed's handle: rest_for_one starts it anew whenever the feed was.
  spec.start = [listener](process::process_base& above) {
    return supervision::started{
        process::spawn_process<consumer>(above.system(), above.pinned_to(), find(above.system(), "feed"), listener)};
  };
  spec.shutdown = supervision::grace{500ms}; // asked to stop, and killed when it has not after that
  return spec;
}

supervision::child_spec recorder_spec() {
  supervision::child_spec spec;
  spec.id = "recorder";
  spec.start = [](process::process_base& above) {
    return started_as("recorder", above.system().spawn(recorder), above);
  };
  return spec;
}

supervision::supervisor_plan market_plan(const std::shared_ptr<supervision::event_sink>& events,
                                         const caf::actor& listener) {
  supervision::supervisor_plan plan;
  plan.path = "root/market";
  plan.events = events;
  plan.flags.strategy = supervision::strategy::rest_for_one;
  // A sixth restart within 10 s is one too many: then the market ends, and root decides about it.
  plan.flags.intensity = 5;
  plan.flags.period = 10s;
  // Not at once, but after 50 ms, then 100 ms, 200 ms, ... Without jitter, so that the output is always the same.
  plan.flags.pacing = supervision::restart_pacing{};
  plan.flags.pacing->backoff = {50ms, 1s, 0};
  plan.children = {feed_spec(), consumer_spec(listener)};
  return plan;
}

/// A supervisor is a child like any other; `start_supervisor` gives what a factory has to give.
supervision::child_spec market_spec(supervision::supervisor_plan plan) {
  supervision::child_spec spec;
  spec.id = "market";
  spec.type = supervision::child_type::supervisor;
  spec.start = [plan = std::move(plan)](process::process_base& above) {
    return supervision::start_supervisor(above.system(), above.pinned_to(), plan);
  };
  return spec;
}

} // namespace

supervision::supervisor_plan make_plan(std::shared_ptr<supervision::event_sink> events, caf::actor listener) {
  supervision::supervisor_plan plan;
  plan.path = "root";
  // In start order; stopped in the opposite one. The recorder first: the market sends to it.
  plan.children = {recorder_spec(), market_spec(market_plan(events, listener))};
  plan.events = std::move(events);
  return plan; // one_for_one, and more than one restart in 5 s end it: OTP's defaults
}

std::string describe(const supervision::event& happened) {
  using supervision::transition;
  std::string line{to_string(happened.what)};
  if (!happened.child.empty())
    line += " " + happened.child + " #" + std::to_string(happened.incarnation);
  if (happened.what == transition::restart_completed)
    return line; // all that the failure took down is up again
  if (happened.what == transition::restart_scheduled)
    return line + ": in " + std::to_string(happened.delay.count()) + " ms";
  if (happened.what == transition::child_ended || happened.what == transition::child_stopped)
    line += ": " + std::string{to_string(happened.reason)};
  return happened.reason_text.empty() ? line : line + ", " + happened.reason_text;
}

} // namespace market
