#include "runtime/host/actor_host.hpp"
#include "runtime/host/io_unit.hpp"
#include "runtime/process/ask.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/tell.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

/// Counts what it gets and notes each time it ran on another thread or inside itself.
class counter final : public process::process_base {
public:
  struct shared {
    std::atomic<int> seen{0};
    std::atomic<int> strayed{0};
    std::atomic<int> nested{0};
    std::promise<void> all_seen;
  };

  counter(caf::actor_config& config, shared& notes, int expected)
      : process_base{config, "counter"}, notes_{&notes}, expected_{expected} {}

private:
  caf::behavior behave() override {
    check();
    return {[this](int) {
              check();
              inside_ = true;
              // Wakes another turn of this process: it must not start before this handler has ended.
              process::tell(*this, caf::actor_cast<caf::actor>(this), std::string{"again"});
              inside_ = false;
              if (++notes_->seen == expected_)
                notes_->all_seen.set_value();
            },
            [this](const std::string&) { check(); }};
  }

  void check() {
    notes_->strayed += pinned_to()->is_here() ? 0 : 1;
    notes_->nested += inside_ ? 1 : 0;
  }

  shared* notes_;
  int expected_;
  bool inside_ = false;
};

/// Sends `count` numbers from CAF's scheduler.
class chatterer final : public process::process_base {
public:
  chatterer(caf::actor_config& config, caf::actor to, int count)
      : process_base{config, "chatterer"}, to_{std::move(to)}, count_{count} {}

private:
  caf::behavior behave() override {
    for (int i = 0; i < count_; ++i)
      process::tell(*this, to_, i);
    stop({});
    return {};
  }

  caf::actor to_;
  int count_;
};

} // namespace

SCENARIO("a pinned process runs on its home only, whoever sends") {
  GIVEN("a pinned process, and senders on the scheduler, on plain threads and on another home") {
    constexpr int each = 2000;
    host::actor_host running{{.io_threads = 2}};
    counter::shared notes;
    const auto target = process::spawn_process<counter>(running.system(), &running.engine().unit(0), notes, 4 * each);

    WHEN("all of them send at once") {
      for (auto* where : {static_cast<process::home*>(nullptr), static_cast<process::home*>(&running.engine().unit(1))})
        static_cast<void>(process::spawn_process<chatterer>(running.system(), where, target, each));
      std::vector<std::thread> threads;
      for (int i = 0; i < 2; ++i)
        threads.emplace_back([&target] {
          for (int n = 0; n < each; ++n)
            process::tell_anonymous(target, n);
        });
      for (auto& thread : threads)
        thread.join();
      REQUIRE(notes.all_seen.get_future().wait_for(20s) == std::future_status::ready);

      THEN("every message came, each on the home's thread, none inside another") {
        CHECK(notes.seen == 4 * each);
        CHECK(notes.strayed == 0);
        CHECK(notes.nested == 0);
      }
    }
    CHECK(running.shutdown(target, 5s).clean());
  }
}

SCENARIO("processes that became ready in a socket's callback run after it, on its thread") {
  GIVEN("a pinned process") {
    host::actor_host running;
    counter::shared notes;
    const auto target = process::spawn_process<counter>(running.system(), &running.engine().unit(0), notes, 1);

    WHEN("a callback of the loop sends to it") {
      std::atomic<int> seen_inside{-1};
      boost::asio::post(running.engine().unit(0).context(), [&] {
        process::tell_anonymous(target, 1);
        seen_inside = notes.seen.load();
      });
      REQUIRE(notes.all_seen.get_future().wait_for(20s) == std::future_status::ready);

      THEN("nothing ran inside the callback") {
        CHECK(seen_inside == 0);
        CHECK(notes.strayed == 0);
      }
    }
    CHECK(running.shutdown(target, 5s).clean());
  }
}

SCENARIO("two processes that talk without end do not starve the loop") {
  GIVEN("two pinned processes that throw a ball") {
    host::actor_host running;
    auto& unit = running.engine().unit(0);

    class thrower final : public process::process_base {
    public:
      explicit thrower(caf::actor_config& config) : process_base{config, "thrower"} {}

    private:
      caf::behavior behave() override {
        return {[this](const caf::actor& other) { process::tell(*this, other, caf::actor_cast<caf::actor>(this)); }};
      }
    };

    const auto left = process::spawn_process<thrower>(running.system(), &unit);
    const auto right = process::spawn_process<thrower>(running.system(), &unit);
    process::tell_anonymous(left, right);

    WHEN("an event of the loop comes") {
      std::promise<void> came;
      boost::asio::post(unit.context(), [&came] { came.set_value(); });

      THEN("it is served") {
        CHECK(came.get_future().wait_for(20s) == std::future_status::ready);
      }
    }
    process::ask_to_stop(left);
    CHECK(running.shutdown(right, 5s).clean());
  }
}

SCENARIO("an exception that leaves a callback of the loop is told and ends nothing") {
  GIVEN("a host with an ear for it") {
    std::promise<std::string> told;
    host::actor_host running{{.on_escape = [&told](std::string_view text) { told.set_value(std::string{text}); }}};

    WHEN("a callback throws") {
      boost::asio::post(running.engine().unit(0).context(), [] { throw std::runtime_error{"slipped"}; });

      THEN("the text is heard, and the loop goes on") {
        auto heard = told.get_future();
        REQUIRE(heard.wait_for(20s) == std::future_status::ready);
        CHECK(heard.get() == "slipped");
        std::promise<void> came;
        boost::asio::post(running.engine().unit(0).context(), [&came] { came.set_value(); });
        CHECK(came.get_future().wait_for(20s) == std::future_status::ready);
      }
    }
  }
}

SCENARIO("timers of an I/O thread fire in due order and can be cancelled, armed from wherever") {
  GIVEN("a pinned process and one on the scheduler with three timers each") {
    host::actor_host running;

    struct notes {
      std::vector<int> fired;
      std::promise<void> done;
    };

    class timed final : public process::process_base {
    public:
      timed(caf::actor_config& config, notes& into) : process_base{config, "timed"}, into_{&into} {}

    private:
      caf::behavior behave() override {
        far_ = after(1h, [this] { into_->fired.push_back(0); }); // what is armed later may be due before
        last_ = after(30ms, [this] {
          into_->fired.push_back(30);
          into_->done.set_value();
        });
        first_ = after(10ms, [this] { into_->fired.push_back(10); });
        never_ = after(20ms, [this] { into_->fired.push_back(20); });
        never_.cancel();
        return {};
      }

      notes* into_;
      process::timer far_;
      process::timer first_;
      process::timer last_;
      process::timer never_;
    };

    for (auto* where : {static_cast<process::home*>(&running.engine().unit(0)), static_cast<process::home*>(nullptr)}) {
      notes into;
      const auto who = process::spawn_process<timed>(running.system(), where, into);
      REQUIRE(into.done.get_future().wait_for(20s) == std::future_status::ready);
      CHECK(into.fired == std::vector<int>{10, 30});
      process::kill(who);
    }
  }
}
