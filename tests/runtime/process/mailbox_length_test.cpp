#include "runtime/process/ask.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/skip.hpp>
#include <doctest/doctest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::mailbox_length;
using process::process_base;

SCENARIO("the messages that wait for a process are counted, data and control, until they are handled") {
  GIVEN("a process that looks at its own length in its handlers") {
    virtual_time::virtual_world world;
    std::vector<std::size_t> seen;
    process::timer armed;
    const auto who = world.spawn_function("who", [&](process_base& self) -> caf::behavior {
      armed = self.after(1s, [&] { seen.push_back(self.mailbox_length()); });
      return {[&](int) { seen.push_back(self.mailbox_length()); }};
    });

    WHEN("it has not begun, and three messages are sent") {
      for (int i = 0; i < 3; ++i)
        process::tell_anonymous(who, i);
      CHECK(mailbox_length(who) == 3);
      world.run();

      THEN("a message counts until its handler is done, and none is left") {
        CHECK(seen == std::vector<std::size_t>{3, 2, 1});
        CHECK(mailbox_length(who) == 0);
      }
    }
    WHEN("a timer fires, and a stop is asked for") {
      world.pass(1s);
      CHECK(seen == std::vector<std::size_t>{1});
      process::tell_anonymous(who, 1);
      process::ask_to_stop(who);
      CHECK(mailbox_length(who) == 2);
      world.run();

      THEN("nothing waits for one that has ended, whatever is sent") {
        process::tell_anonymous(who, 1);
        CHECK(mailbox_length(who) == 0);
      }
    }
    WHEN("answers come") {
      const auto server =
          world.spawn_function("server", [](process_base&) -> caf::behavior { return {[](int x) { return x; }}; });
      int answers = 0;
      const auto asker = world.spawn_function("asker", [&](process_base& self) -> caf::behavior {
        for (int i = 0; i < 10; ++i)
          process::ask(
              self, server, 1s, i, [&](int) { ++answers; }, [](const caf::error&) {});
        return {};
      });
      world.run();

      THEN("they are handled, too") {
        CHECK(answers == 10);
        CHECK(mailbox_length(asker) == 0);
        CHECK(mailbox_length(server) == 0);
      }
    }
  }
}

SCENARIO("a message that is skipped still waits") {
  virtual_time::virtual_world world;
  bool open = false;
  const auto picky = world.spawn_function("picky", [&](process_base&) -> caf::behavior {
    return {[&](int) -> caf::result<void> {
              if (!open)
                return caf::skip();
              return caf::unit;
            },
            [&](const std::string&) { open = true; }};
  });
  process::tell_anonymous(picky, 1);
  process::tell_anonymous(picky, 2);
  world.run();
  CHECK(mailbox_length(picky) == 2);
  process::tell_anonymous(picky, std::string{"open"});
  world.run();
  CHECK(mailbox_length(picky) == 0);
}

SCENARIO("of a plain actor no length is known") {
  virtual_time::virtual_world world;
  const auto plain = world.system().spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  CHECK_FALSE(mailbox_length(plain));
  CHECK_FALSE(mailbox_length(caf::actor{}));
  process::kill(plain);
  world.run();
}

SCENARIO("the length is exact once threads that send and the one that handles have come to rest") {
  process::system_config config{1};
  caf::actor_system system{config};
  constexpr int senders = 4;
  constexpr int each_sends = 5000;
  std::promise<void> all_done;
  const auto who = process::spawn_process<virtual_time::function_process>(
      system, nullptr, "who", [&](process_base& self) -> caf::behavior {
        return {[&, left = senders * each_sends](int) mutable {
          if (self.mailbox_length() > std::size_t{senders * each_sends})
            self.stop(process::make_reason(process::reason_code::crashed, "an impossible length"));
          if (--left == 0)
            all_done.set_value();
        }};
      });
  std::vector<std::thread> threads;
  for (int i = 0; i < senders; ++i)
    threads.emplace_back([who] {
      for (int j = 0; j < each_sends; ++j)
        process::tell_anonymous(who, j);
    });
  for (auto& each : threads)
    each.join();
  all_done.get_future().wait();
  CHECK(mailbox_length(who) <= 1); // the last handler may not have returned
  process::ask_to_stop(who);
  system.await_all_actors_done();
  CHECK(mailbox_length(who) == 0);
}
