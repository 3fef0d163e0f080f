#include "runtime/process/process_base.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/system_config.hpp"
#include "runtime/process/tell.hpp"
#include "runtime/process/timer_thread.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s; // until a test gives up

class worker final : public process::process_base {
public:
  using begin_function = std::function<void(worker& self)>;

  worker(caf::actor_config& config, begin_function begin) : process_base{config, "worker"}, begin_{std::move(begin)} {}

  std::vector<process::timer> timers;

private:
  caf::behavior behave() override {
    begin_(*this);
    return {};
  }

  void on_end(const caf::error&) override { timers.clear(); }

  begin_function begin_;
};

/// A system on real time. Its end kills what is left. Made after all that its processes refer to.
class real_world final {
public:
  real_world() { config_.use_timer_thread(); }

  ~real_world() { end(); }

  real_world(const real_world&) = delete;
  real_world& operator=(const real_world&) = delete;

  caf::actor spawn(worker::begin_function begin) {
    return process::spawn_process<worker>(*system_, nullptr, std::move(begin));
  }

  void end() {
    for (const auto& each : config_.services().live())
      process::kill(each.handle);
    system_ = nullptr;
  }

  [[nodiscard]] bool is_empty() const { return config_.services().live_count() == 0; }

private:
  process::system_config config_;
  std::unique_ptr<caf::actor_system> system_ = std::make_unique<caf::actor_system>(config_);
};

template<class Condition>
bool comes_true(const base::clock_source& clock, Condition condition) {
  const auto deadline = clock.now().steady + patience;
  while (!condition() && clock.now().steady < deadline)
    std::this_thread::yield();
  return condition();
}

} // namespace

SCENARIO("a process without a home has timers, which never fire early") {
  GIVEN("a system that was only told to use a timer thread") {
    std::promise<base::duration> waited;
    real_world world;

    WHEN("a process waits 20 ms") {
      world.spawn([&waited](worker& self) {
        self.timers.push_back(self.after(
            20ms, [&waited, &self, from = self.now().steady] { waited.set_value(self.now().steady - from); }));
      });

      THEN("it is called when they are over") {
        auto outcome = waited.get_future();
        REQUIRE(outcome.wait_for(patience) == std::future_status::ready);
        CHECK(outcome.get() >= 20ms);
      }
    }
  }
}

SCENARIO("timers fire in due order, whatever the order of arming, and a cancelled one does not") {
  GIVEN("a process with an hour's timer, so that the thread waits for that") {
    std::promise<void> over;
    std::vector<int> order;
    real_world world;

    WHEN("it arms shorter ones, the longer of them first, and cancels one") {
      world.spawn([&over, &order](worker& self) {
        const auto arm = [&self, &order](base::duration span, int which) {
          self.timers.push_back(self.after(span, [&order, which] { order.push_back(which); }));
        };
        arm(1h, 4);
        self.timers.push_back(self.after(60ms, [&over] { over.set_value(); }));
        arm(40ms, 3);
        arm(20ms, 2);
        arm(10ms, 1);
        self.timers[3].cancel();
      });

      THEN("they are heard of in the order in which they were due") {
        REQUIRE(over.get_future().wait_for(patience) == std::future_status::ready);
        CHECK(order == std::vector<int>{1, 3});
      }
    }
  }
}

SCENARIO("a timer keeps no process alive, and one whose process is gone is dropped when it is due") {
  GIVEN("timers of a process that has ended") {
    process::timer_thread timers;
    real_world world;
    const auto held = std::make_shared<int>();
    {
      const auto who = world.spawn([held](worker& self) { self.stop({}); });
      timers.arm(timers.now().steady + 1h, caf::actor_cast<caf::weak_actor_ptr>(who), 1);
      timers.arm(timers.now().steady + 1ms, caf::actor_cast<caf::weak_actor_ptr>(who), 2);
      timers.cancel(timers.arm(timers.now().steady + 2h, caf::actor_cast<caf::weak_actor_ptr>(who), 3));
    }

    THEN("what it held is let go, the due timer disappears, and the thread ends without waiting for the other") {
      CHECK(comes_true(timers, [&world] { return world.is_empty(); }));
      CHECK(comes_true(timers, [&held] { return held.use_count() == 1; }));
      CHECK(comes_true(timers, [&timers] { return timers.size() == 1; }));
    }
  }
}

SCENARIO("timers that are armed and cancelled on many threads fire once or, when cancelled, never") {
  GIVEN("four processes on a scheduler of two threads") {
    constexpr int each = 2000;
    constexpr int kept = 4 * each / 2;
    std::atomic<int> fired{0};
    std::promise<void> all;
    real_world world;

    WHEN("each arms 2,000 within 7 ms and cancels every other one") {
      for (int n = 0; n < 4; ++n)
        world.spawn([&fired, &all](worker& self) {
          for (int i = 0; i < each; ++i) {
            self.timers.push_back(self.after(std::chrono::milliseconds{i % 7}, [&fired, &all] {
              if (++fired == kept)
                all.set_value();
            }));
            if (i % 2 == 1)
              self.timers.back().cancel();
          }
        });

      THEN("the others fire, and nothing else does") {
        REQUIRE(all.get_future().wait_for(patience) == std::future_status::ready);
        world.end();
        CHECK(fired == kept);
      }
    }
  }
}

SCENARIO("a system's timer thread is made once, and other timers may still take its place") {
  process::system_config config;
  config.use_timer_thread();
  const auto* first = &config.services().timers();
  config.use_timer_thread();
  CHECK(&config.services().timers() == first);

  process::timer_thread other;
  config.services().use_timers(other);
  CHECK(&config.services().timers() == &other);
}
