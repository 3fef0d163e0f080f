#include "runtime/host/actor_host.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/tell.hpp"

#include <caf/actor_system.hpp>
#include <doctest/doctest.h>

#include <array>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

/// Ends when asked, unless it is deaf.
class listener final : public process::process_base {
public:
  listener(caf::actor_config& config, std::string label, bool deaf)
      : process_base{config, std::move(label)}, deaf_{deaf} {}

private:
  caf::behavior behave() override { return {}; }

  void on_stop(const caf::error& reason) override {
    if (!deaf_)
      stop(reason);
  }

  bool deaf_;
};

/// Stays in a handler until it is let go.
class blocked final : public process::process_base {
public:
  blocked(caf::actor_config& config, std::promise<void>& inside, std::shared_future<void> let_go)
      : process_base{config, "blocked"}, inside_{&inside}, let_go_{std::move(let_go)} {}

private:
  caf::behavior behave() override {
    inside_->set_value();
    let_go_.wait();
    return {};
  }

  std::promise<void>* inside_;
  std::shared_future<void> let_go_;
};

} // namespace

SCENARIO("a host whose processes end when asked shuts down cleanly") {
  GIVEN("a root on the scheduler") {
    host::actor_host running;
    const auto root = process::spawn_process<listener>(running.system(), nullptr, "root", false);

    WHEN("it is shut down") {
      const auto report = running.shutdown(root, 5s);

      THEN("nobody had to be killed") {
        CHECK(report.clean());
      }
    }
  }
}

SCENARIO("a process that does not end in time is killed and named") {
  GIVEN("a deaf process with a timer of an hour, pinned") {
    host::actor_host running;
    const auto deaf = process::spawn_process<listener>(running.system(), &running.engine().unit(0), "tokyo/deaf", true);

    WHEN("the host is shut down") {
      const auto report = running.shutdown(deaf, 50ms);

      THEN("it is named, and nothing is stuck") {
        CHECK(report.killed == std::vector<std::string>{"tokyo/deaf"});
        CHECK(report.stuck.empty());
      }
    }
  }
}

SCENARIO("a process that never leaves its handler is reported by whoever waits, and the wait is bounded") {
  GIVEN("a process that blocks") {
    // Left alone by the host, so both outlive this scenario.
    static std::promise<void> inside;
    static std::promise<void> let_go;
    host::host_options options;
    options.kill_grace = 20ms;
    auto running = std::make_unique<host::actor_host>(options);
    const auto stuck = process::spawn_process<blocked>(running->system(), nullptr, inside, let_go.get_future().share());
    inside.get_future().wait();

    WHEN("the host is shut down") {
      const auto report = running->shutdown(stuck, 10ms);

      THEN("the shutdown returns and says who is stuck") {
        CHECK(report.stuck == std::vector<std::string>{"blocked"});
        CHECK_FALSE(report.clean());
      }
      let_go.set_value();
    }
  }
}

SCENARIO("connections are spread over the I/O threads by how many each has") {
  GIVEN("two I/O threads") {
    host::actor_host running{{.io_threads = 2}};
    auto& engine = running.engine();

    WHEN("three seats are taken and the first is given back") {
      auto first = engine.take_seat();
      const auto second = engine.take_seat();
      const auto third = engine.take_seat();
      REQUIRE(&first.unit() == &engine.unit(0));
      CHECK(&second.unit() == &engine.unit(1));
      CHECK(&third.unit() == &engine.unit(0));
      first = {};

      THEN("the next goes where fewer are") {
        CHECK(engine.taken(0) == 1);
        const auto fourth = engine.take_seat();
        CHECK(&fourth.unit() == &engine.unit(0));
        CHECK(&engine.take_seat().unit() == &engine.unit(1));
      }
    }
  }
}

SCENARIO("a seat that outlives its engine is given back to nobody") {
  constexpr std::size_t untouched = 77;
  host::io_seat last;
  {
    host::actor_host running;
    last = running.engine().take_seat();
    CHECK(running.shutdown({}, 5s).clean());
  }
  // Whoever gets the engine's memory next must find it as he left it.
  std::vector<std::unique_ptr<std::array<std::size_t, 2>>> next;
  for (int count = 0; count < 4000; ++count)
    next.push_back(std::make_unique<std::array<std::size_t, 2>>(std::array{untouched, untouched}));
  last = {};
  for (const auto& each : next)
    CHECK(*each == std::array{untouched, untouched});
}

SCENARIO("a thread of somebody else's that has spawned a process does not keep the host from ending") {
  std::promise<void> spawned;
  std::promise<void> ended;
  host::actor_host running;
  std::thread other{[&] {
    process::ask_to_stop(process::spawn_process<listener>(running.system(), nullptr, "root", false));
    spawned.set_value();
    ended.get_future().wait(); // this thread outlives the host
  }};
  spawned.get_future().wait();
  CHECK(running.shutdown({}, 5s).clean());
  ended.set_value();
  other.join();
}
