// One scenario for each trap of CAF 0.17.6 that could bite, and that the process base removes.
#include "runtime/process/control.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "tests/support/stdout_capture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/skip.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::process_base;
using process::reason_code;

namespace {

caf::behavior idle(process_base&) {
  return {};
}

} // namespace

SCENARIO("watching a process that is long gone tells its true reason instead of ending the program") {
  GIVEN("a process that has ended, held only by one handle") {
    virtual_time::virtual_world world;
    const auto gone = world.spawn_function("gone", [](process_base& self) -> caf::behavior {
      self.stop(process::make_reason(reason_code::refused, "wrong key"));
      return {};
    });
    world.run();

    WHEN("it is watched, and the watch is taken back after the handle is gone") {
      std::vector<std::string> heard;
      world.spawn_function("watcher", [&, gone](process_base& self) -> caf::behavior {
        self.watch(gone, [&](const caf::error& why) { heard.push_back(process::text_of(why)); });
        const auto unwanted = self.watch(gone, [&](const caf::error&) { heard.emplace_back("unwanted"); });
        self.unwatch(unwanted);
        self.unwatch(unwanted);
        return {};
      });
      world.run();

      THEN("the reason comes once") {
        CHECK(heard == std::vector<std::string>{"wrong key"});
      }
    }
  }
}

SCENARIO("an error that comes as a message ends nobody") {
  GIVEN("a process") {
    virtual_time::virtual_world world;
    const auto who = world.spawn_function("who", idle);

    WHEN("somebody answers it with an error that it did not ask for") {
      process::tell_anonymous(who, process::make_reason(reason_code::refused, "unexpected message"));
      world.run();

      THEN("it lives, and the letter is counted") {
        CHECK_FALSE(world.ended(who));
        CHECK(world.services().dead_letters() == 1);
      }
    }
  }
}

SCENARIO("a kill ends its target only, not whoever supervises it") {
  GIVEN("a watcher and its child") {
    virtual_time::virtual_world world;
    std::vector<reason_code> heard;
    const auto child = world.spawn_function("child", idle);
    const auto watcher = world.spawn_function("watcher", [&](process_base& self) -> caf::behavior {
      self.watch(child, [&](const caf::error& why) { heard.push_back(process::code_of(why)); });
      return {};
    });
    world.run();

    WHEN("the child is killed") {
      process::kill(child);
      world.run();

      THEN("the watcher hears `killed` and lives") {
        CHECK(heard == std::vector<reason_code>{reason_code::killed});
        CHECK_FALSE(world.ended(watcher));
      }
    }
  }
}

SCENARIO("stop, kill, downs and timers pass a backlog") {
  GIVEN("a process with ten thousand messages before it") {
    virtual_time::virtual_world world;
    int handled = 0;
    int handled_at_news = -1;
    const auto other = world.spawn_function("other", idle);
    const auto busy = world.spawn_function("busy", [&](process_base& self) -> caf::behavior {
      self.watch(other, [&](const caf::error&) { handled_at_news = handled; });
      return {[&](int) { ++handled; }};
    });
    world.run();
    for (int i = 0; i < 10'000; ++i)
      process::tell_anonymous(busy, i);

    WHEN("it is asked to stop") {
      process::ask_to_stop(busy);
      world.run();

      THEN("it does before it has worked off the backlog") {
        CHECK(process::code_of(*world.ended(busy)) == reason_code::shutdown);
        CHECK(handled < 10);
      }
    }
    WHEN("it is killed") {
      process::kill(busy);
      world.run();

      THEN("it ends before it has worked off the backlog") {
        CHECK(process::code_of(*world.ended(busy)) == reason_code::killed);
        CHECK(handled < 10);
      }
    }
    WHEN("somebody it watches ends") {
      process::kill(other);
      world.home().run();

      THEN("it hears of it ahead of the backlog") {
        CHECK(handled == 10'000);
        CHECK(handled_at_news >= 0);
        CHECK(handled_at_news < 400); // the turn of the other one may come after one of its own
      }
    }
  }
}

SCENARIO("news that is already in the mailbox is not told after the watch was taken back") {
  GIVEN("a watcher that takes its watch back in the message before the news") {
    virtual_time::virtual_world world;
    bool told = false;
    process_base::watch_id watching = 0;
    const auto target = world.spawn_function("target", idle);
    const auto watcher = world.spawn_function("watcher", [&](process_base& self) -> caf::behavior {
      watching = self.watch(target, [&](const caf::error&) { told = true; });
      return {[&](int) { self.unwatch(watching); }};
    });
    world.run();
    process::tell_urgent_anonymous(watcher, 1); // before the down, at the same priority

    WHEN("the target ends") {
      process::kill(target);
      world.run();

      THEN("nothing is told, and the watcher lives") {
        CHECK_FALSE(told);
        CHECK_FALSE(world.ended(watcher));
      }
    }
  }
}

SCENARIO("control messages are not lost to a process that skips everything") {
  GIVEN("a process that skips every message, with a timer") {
    virtual_time::virtual_world world;
    bool fired = false;
    process::timer armed;
    const auto picky = world.spawn_function("picky", [&](process_base& self) -> caf::behavior {
      armed = self.after(5ms, [&] { fired = true; });
      return {[](int) -> caf::result<void> { return caf::skip(); }};
    });
    process::tell_urgent_anonymous(picky, 1);
    process::tell_anonymous(picky, 2);

    WHEN("the timer is due and a stop comes") {
      world.pass(5ms);
      CHECK(fired);
      process::ask_to_stop(picky);

      THEN("both are heard") {
        CHECK(process::code_of(*world.ended(picky)) == reason_code::shutdown);
      }
    }
  }
}

SCENARIO("a timer keeps nobody alive") {
  GIVEN("a process with a thousand timers of an hour") {
    virtual_time::virtual_world world;
    std::vector<process::timer> held;
    const auto held_value = std::make_shared<int>(1);
    auto who = world.spawn_function("timed", [&](process_base& self) -> caf::behavior {
      for (int i = 0; i < 1000; ++i)
        held.push_back(self.after(1h, [held_value] { static_cast<void>(held_value); }));
      return {};
    });
    world.run();
    CHECK(world.home().armed_timers() == 1000);
    const auto trace = caf::actor_cast<caf::weak_actor_ptr>(who);

    WHEN("it ends") {
      process::ask_to_stop(who);
      world.run();
      who = nullptr;

      THEN("its timers, what they hold and itself are gone at once") {
        CHECK(world.home().armed_timers() == 0);
        CHECK(held_value.use_count() == 1);
        CHECK_FALSE(held.front().armed());
        CHECK_FALSE(caf::actor_cast<caf::strong_actor_ptr>(trace));
        held.clear(); // a handle that outlived its process is harmless
      }
    }
  }
}

SCENARIO("one busy process gives way after a bounded number of messages") {
  GIVEN("a process with a long backlog and another behind it") {
    virtual_time::virtual_world world;
    int handled = 0;
    int handled_at_turn = -1;
    const auto busy =
        world.spawn_function("busy", [&](process_base&) -> caf::behavior { return {[&](int) { ++handled; }}; });
    const auto other = world.spawn_function(
        "other", [&](process_base&) -> caf::behavior { return {[&](int) { handled_at_turn = handled; }}; });
    world.run();

    WHEN("both have something to do") {
      for (int i = 0; i < 1000; ++i)
        process::tell_anonymous(busy, i);
      process::tell_anonymous(other, 1);
      world.run();

      THEN("the other one's turn comes after one batch") {
        CHECK(handled == 1000);
        CHECK(handled_at_turn == int{process::system_config::throughput_max});
      }
    }
  }
}

SCENARIO("nothing is ever printed to standard output") {
  GIVEN("a system with a real scheduler, and processes that crash, get what they do not know, and hear of ends") {
    const test::stdout_capture capture;
    {
      process::system_config config{1};
      caf::actor_system system{config};
      const auto crashing = process::spawn_process<virtual_time::function_process>(
          system, nullptr, "crashing",
          [](process_base&) -> caf::behavior { return {[](int) { throw std::runtime_error{"loud"}; }}; });
      const auto puzzled = process::spawn_process<virtual_time::function_process>(
          system, nullptr, "puzzled", [crashing](process_base& self) -> caf::behavior {
            self.watch(crashing, [&self](const caf::error&) { self.stop({}); });
            process::tell(self, crashing, std::string{"what is this?"});
            process::tell(self, crashing, 1);
            return {};
          });
      process::tell_anonymous(puzzled, 3);
      const auto failing = process::spawn_process<virtual_time::function_process>(
          system, nullptr, "failing", [](process_base&) -> caf::behavior { throw 17; });
      system.await_all_actors_done();
    }
    WHEN("all of that has happened") {
      THEN("standard output is empty") {
        CHECK(capture.text().empty());
      }
    }
  }
}

SCENARIO("a watch that another one's callback takes back is not told of the same end") {
  GIVEN("two watches of one target, the first of which takes the second back") {
    virtual_time::virtual_world world;
    std::vector<std::string> heard;
    process_base::watch_id second = 0;
    const auto target = world.spawn_function("target", idle);
    world.spawn_function("watcher", [&](process_base& self) -> caf::behavior {
      self.watch(target, [&](const caf::error&) {
        heard.emplace_back("first");
        self.unwatch(second);
      });
      second = self.watch(target, [&](const caf::error&) { heard.emplace_back("second"); });
      return {};
    });
    world.run();

    WHEN("the target ends") {
      process::kill(target);
      world.run();

      THEN("only the first hears of it") {
        CHECK(heard == std::vector<std::string>{"first"});
      }
    }
  }
}

SCENARIO("a due timer passes a backlog") {
  GIVEN("a process with a timer and ten thousand messages before it") {
    virtual_time::virtual_world world;
    int handled = 0;
    int handled_at_timer = -1;
    process::timer armed;
    const auto busy = world.spawn_function("busy", [&](process_base& self) -> caf::behavior {
      armed = self.after(1h, [&] { handled_at_timer = handled; });
      return {[&](int) { ++handled; }};
    });
    world.run();
    for (int i = 0; i < 10'000; ++i)
      process::tell_anonymous(busy, i);

    WHEN("the timer fires") {
      process::fire_timer(caf::actor_cast<caf::weak_actor_ptr>(busy), 1);
      world.run();

      THEN("it is heard before the backlog is worked off") {
        CHECK(handled_at_timer >= 0);
        CHECK(handled_at_timer < 10);
      }
    }
  }
}

SCENARIO("a watcher that has ended leaves nothing with those it watched") {
  GIVEN("a long-lived hub and a watcher of it") {
    virtual_time::virtual_world world;
    const auto hub = world.spawn_function("hub", idle);
    auto watcher = world.spawn_function("watcher", [&](process_base& self) -> caf::behavior {
      self.watch(hub, [](const caf::error&) {});
      return {};
    });
    world.run();
    const auto trace = caf::actor_cast<caf::weak_actor_ptr>(watcher);

    WHEN("the watcher ends") {
      process::kill(watcher);
      watcher = nullptr;
      world.run();

      THEN("only this test remembers it") {
        CHECK(trace.get()->strong_refs == 0);
        CHECK(trace.get()->weak_refs == 1);
      }
    }
  }
}
