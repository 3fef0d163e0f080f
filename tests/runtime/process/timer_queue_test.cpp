#include "runtime/base/rng.hpp"
#include "runtime/process/timer_queue.hpp"

#include <doctest/doctest.h>

#include <map>
#include <utility>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::timer_queue;

SCENARIO("timers come out in due order, equal ones in the order of arming, cancelled ones never") {
  GIVEN("a plain model beside the queue") {
    const std::uint64_t seed = 20'260'811;
    CAPTURE(seed);
    base::rng chance{seed};
    timer_queue queue;
    std::map<std::pair<base::time_point, std::uint64_t>, timer_queue::ticket> model; // by due time and order
    base::time_point now{};

    WHEN("20,000 random steps are taken on both") {
      THEN("they agree at every step") {
        for (std::uint64_t step = 1; step <= 20'000; ++step) {
          CAPTURE(step);
          if (chance.chance(5, 10)) {
            const auto due = now + chance.between(0, 20) * 1ms;
            model.emplace(std::pair{due, step}, queue.arm(due, {}, step));
          } else if (chance.chance(4, 10) && !model.empty()) {
            const auto victim = std::next(model.begin(), chance.between(0, std::int64_t(model.size()) - 1));
            REQUIRE(queue.cancel(victim->second));
            REQUIRE_FALSE(queue.cancel(victim->second));
            model.erase(victim);
          } else {
            now += chance.between(0, 5) * 1ms;
            while (const auto fired = queue.pop_due(now)) {
              REQUIRE(model.begin()->first.second == fired->token);
              model.erase(model.begin());
            }
            REQUIRE((model.empty() || model.begin()->first.first > now));
          }
          REQUIRE(queue.size() == model.size());
          REQUIRE(queue.earliest().has_value() == !model.empty());
          REQUIRE((model.empty() || *queue.earliest() == model.begin()->first.first));
        }
      }
    }
  }
}

SCENARIO("ten thousand timers armed and cancelled leave no memory behind") {
  GIVEN("a queue that held 10,000 timers") {
    timer_queue queue;
    std::vector<timer_queue::ticket> armed;
    for (int i = 0; i < 10'000; ++i)
      armed.push_back(queue.arm(base::time_point{} + i * 1ms, {}, 1));

    WHEN("all are cancelled, and again") {
      for (const auto each : armed)
        CHECK(queue.cancel(each));

      THEN("nothing is kept, and old tickets find nothing new") {
        CHECK(queue.size() == 0);
        CHECK(queue.slots() == 0);
        static_cast<void>(queue.arm(base::time_point{}, {}, 2));
        CHECK_FALSE(queue.cancel(armed.front()));
        CHECK(queue.size() == 1);
      }
    }
    WHEN("timers are armed and cancelled one at a time") {
      for (int i = 0; i < 100'000; ++i)
        CHECK(queue.cancel(queue.arm(base::time_point{} + 1h, {}, 3)));

      THEN("the room of one is used again and again") {
        CHECK(queue.slots() == 10'001);
      }
    }
  }
}
