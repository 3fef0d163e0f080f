#include "runtime/process/services.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::process_base;

SCENARIO("dead letters are all counted, and a bounded number is kept, without their content") {
  GIVEN("a process that expects nothing") {
    virtual_time::virtual_world world;
    const auto deaf = world.spawn_function("deaf", [](process_base&) -> caf::behavior { return {}; });

    WHEN("it gets ten thousand messages") {
      for (int i = 0; i < 10'000; ++i)
        process::tell_anonymous(deaf, std::string{"api_secret"}, i);
      world.run();

      THEN("the count is exact, the samples are few and name types only") {
        CHECK(world.services().dead_letters() == 10'000);
        const auto samples = world.services().dead_letter_samples();
        REQUIRE(samples.size() == process::services::samples_max);
        CHECK(samples.back().receiver == "deaf");
        CHECK(samples.back().content == "@str, @i32");
      }
    }
  }
}

SCENARIO("every end is told once with label and reason, and a hook that throws harms nobody") {
  GIVEN("a system with a hook") {
    std::vector<std::string> ends;
    process::system_config config{1};
    config.services().use_end_hook([&ends](const std::string& label, const caf::error& reason) {
      ends.push_back(label + ": " + process::text_of(reason));
      throw std::runtime_error{"the log is full"};
    });
    {
      caf::actor_system system{config};
      const auto who = process::spawn_process<virtual_time::function_process>(
          system, nullptr, "worker", [](process_base& self) -> caf::behavior {
            self.stop(process::make_reason(process::reason_code::shutdown, "done"));
            return {};
          });
      system.await_all_actors_done();
    }
    CHECK(ends == std::vector<std::string>{"worker: done"});
    CHECK(config.services().live_count() == 0);
  }
}

SCENARIO("CAF is set up by us alone") {
  const process::system_config config{3};
  CHECK(caf::get_or(config, "scheduler.policy", caf::atom("none")) == caf::atom("sharing"));
  CHECK(caf::get_or(config, "scheduler.max-throughput", std::size_t{0}) == process::system_config::throughput_max);
  CHECK(caf::get_or(config, "scheduler.max-threads", std::size_t{0}) == 3);
  CHECK(caf::get_or(config, "logger.verbosity", caf::atom("trace")) == caf::atom("quiet"));
}

SCENARIO("the order in which processes run can be drawn from a seed, and is the same for the same seed") {
  const auto order_of = [](std::uint64_t seed) {
    virtual_time::virtual_world world{seed};
    std::string order;
    for (char name = 'a'; name <= 'z'; ++name)
      world.spawn_function(std::string{name}, [&order, name](process_base&) -> caf::behavior {
        order += name;
        return {};
      });
    world.run();
    return order;
  };
  CHECK(order_of(1) == order_of(1));
  CHECK(order_of(1) != order_of(2));
  CHECK(order_of(1).size() == 26);
}
