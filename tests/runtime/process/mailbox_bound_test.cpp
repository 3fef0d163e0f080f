#include "tests/runtime/process/mailbox_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using process::dead_letter_kind;
using process::mail_outcome;
using process::process_base;
using process::reason_code;

namespace {

using texts = std::vector<std::string>;

} // namespace

SCENARIO("a full mailbox that refuses keeps what it has; what it refuses is a dead letter, or answered") {
  GIVEN("a mailbox for two, with two in it and nobody that reads") {
    test::mailbox_rig rig{2, process::overflow::refuse};
    CHECK(process::tell_anonymous(rig.box, std::string{"a"}) == mail_outcome::kept);
    CHECK(process::tell_anonymous(rig.box, std::string{"b"}) == mail_outcome::kept);

    WHEN("another message and a request come") {
      CHECK(process::tell_anonymous(rig.box, std::string{"c"}) == mail_outcome::lost);
      rig.ask(rig.box, 1);

      THEN("the sender of each hears of it, and the first two are handled") {
        CHECK(rig.outcomes == texts{"the mailbox box is full: 2 messages wait"});
        CHECK(rig.dead(dead_letter_kind::overflow) == 1);
        CHECK(rig.world.services().dead_letter_samples().front().receiver == "box");
        rig.spawn_reader();
        rig.world.run();
        CHECK(rig.handled == texts{"a", "b"});
        const auto figures = rig.box->figures();
        CHECK(figures.refused == 2);
        CHECK(figures.dropped == 0);
        CHECK(figures.taken == 2);
        CHECK(figures.high_water == 2);
        CHECK(figures.bound == 2);
        CHECK(figures.length == 0);
        CHECK(figures.readers == 1);
      }
    }
  }
}

SCENARIO("a full mailbox that drops the newest loses what comes, counted, and answers a request") {
  test::mailbox_rig rig{2, process::overflow::drop_newest};
  for (const auto* text : {"a", "b", "c"})
    rig.send(text);
  rig.ask(rig.box, 1);
  rig.spawn_reader();
  rig.world.run();
  CHECK(rig.handled == texts{"a", "b"});
  CHECK(rig.outcomes == texts{"the mailbox box is full: 2 messages wait"});
  CHECK(rig.box->figures().dropped == 2);
  CHECK(rig.world.services().dead_letters() == 0);
}

SCENARIO("a full mailbox that drops the oldest keeps the latest, and answers the request that it drops") {
  test::mailbox_rig rig{2, process::overflow::drop_oldest};
  rig.ask(rig.box, 1);
  for (const auto* text : {"a", "b", "c"})
    CHECK(process::tell_anonymous(rig.box, std::string{text}) == mail_outcome::kept);
  rig.world.run();
  CHECK(rig.outcomes == texts{"the mailbox box is full: 2 messages wait"});
  rig.spawn_reader();
  rig.world.run();
  CHECK(rig.handled == texts{"b", "c"});
  CHECK(rig.box->figures().dropped == 2);
  CHECK(rig.box->figures().high_water == 2);
}

SCENARIO("the message that is handled takes no place: a mailbox for one that drops the oldest keeps the latest value") {
  GIVEN("a reader that is sent three values while it handles one") {
    test::mailbox_rig rig{1, process::overflow::drop_oldest};
    std::vector<int> seen;
    const auto reader = rig.spawn([&](process_base&) -> caf::behavior {
      return {[&](int value) {
        seen.push_back(value);
        for (int next = 1; value == 0 && next <= 3; ++next)
          process::tell_anonymous(rig.box, next);
      }};
    });
    rig.world.run();

    WHEN("it handles that one") {
      process::tell_anonymous(reader, 0);
      rig.world.run();

      THEN("it sees the latest, and none in between") {
        CHECK(seen == std::vector<int>{0, 3});
      }
    }
  }
}

SCENARIO("control is never dropped and never waits behind data, however full the mailbox is") {
  GIVEN("a reader with a full mailbox, a timer, and an open question") {
    test::mailbox_rig rig{1000};
    texts control;
    int data = 0;
    process::timer armed;
    const auto other =
        rig.world.spawn_function("other", [](process_base&) -> caf::behavior { return {[](int x) { return x; }}; });
    const auto reader = rig.spawn([&](process_base& self) -> caf::behavior {
      const auto note = [&](const char* what) { control.push_back(std::string{what} + (data < 20 ? "" : " late")); };
      armed = self.after(1s, [note] { note("timer"); });
      return {[&](int) { ++data; }, [note](const std::string&) { note("urgent"); },
              [&self, &other, note](bool) {
                process::ask(
                    self, other, 10s, 1, [note](int) { note("answer"); }, [](const caf::error&) {});
              }};
    });
    rig.world.run();
    process::tell_urgent_anonymous(reader, true);
    rig.world.run();
    CHECK(control == texts{"answer"});
    for (int i = 0; i < 2000; ++i)
      process::tell_anonymous(reader, i);
    CHECK(rig.box->length() == 1000);

    WHEN("an urgent message and a due timer come on top") {
      process::tell_urgent_anonymous(reader, std::string{"urgent"});
      process::fire_timer(caf::actor_cast<caf::weak_actor_ptr>(reader), 1);
      rig.world.home().run();

      THEN("they are handled before the data, and nothing of them is lost") {
        CHECK(control == texts{"answer", "urgent", "timer"});
        CHECK(data == 1000);
        CHECK(rig.box->figures().refused == 1000);
      }
    }
    const auto check_end = [&] {
      CHECK(rig.world.ended(reader));
      CHECK(data < 10);
      CHECK(rig.box->length() == static_cast<std::size_t>(1000 - data));
    };
    WHEN("it is killed") {
      process::kill(reader);
      THEN("it ends, and the data stays in the mailbox") {
        check_end();
      }
    }
    WHEN("a plain exit of CAF comes, at normal priority") {
      caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
      THEN("it ends, and the data stays in the mailbox") {
        check_end();
      }
    }
  }
}

SCENARIO("the end of somebody that is watched is heard past a full mailbox") {
  test::mailbox_rig rig{1000};
  int data = 0;
  int data_at_down = -1;
  const auto other = rig.world.spawn_function("other", [](process_base&) -> caf::behavior { return {}; });
  const auto reader = rig.spawn([&](process_base& self) -> caf::behavior {
    self.watch(other, [&](const caf::error&) { data_at_down = data; });
    return {[&](int) { ++data; }};
  });
  rig.world.run();
  for (int i = 0; i < 2000; ++i)
    process::tell_anonymous(reader, i);
  process::kill(other);
  rig.world.run();
  CHECK(data == 1000);
  CHECK(data_at_down >= 0);
  CHECK(data_at_down < 400); // the turn of the other one may come after one of its own
}

SCENARIO("an answer passes a full mailbox, also the one that says that its sender is gone") {
  GIVEN("a reader with a full mailbox that asks others") {
    test::mailbox_rig rig{1};
    texts outcomes;
    const auto server = rig.world.spawn_function("server", [](process_base& self) -> caf::behavior {
      return {[&self](int x) -> caf::result<int> {
        if (x > 1)
          return x;
        self.stop({});
        return caf::result<int>{self.make_response_promise<int>()};
      }};
    });
    rig.spawn([&](process_base& self) -> caf::behavior {
      for (int i = 2; i >= 1; --i)
        process::ask(
            self, server, 10s, i, [&](int) { outcomes.emplace_back("answer"); },
            [&](const caf::error&) { outcomes.emplace_back("failure"); });
      for (int i = 0; i < 5; ++i)
        process::tell_anonymous(rig.box, i);
      return {[](int) {}};
    });

    WHEN("the answers come") {
      rig.world.run();

      THEN("both are heard") {
        CHECK(outcomes == texts{"answer", "failure"});
        CHECK(rig.box->figures().refused == 4);
      }
    }
  }
}

SCENARIO("a reader gives way to others after a bounded number of its messages") {
  test::mailbox_rig rig{1000};
  int data = 0;
  int data_at_turn = -1;
  const auto reader = rig.spawn([&](process_base&) -> caf::behavior { return {[&](int) { ++data; }}; });
  const auto other = rig.world.spawn_function(
      "other", [&](process_base&) -> caf::behavior { return {[&](int) { data_at_turn = data; }}; });
  rig.world.run();
  for (int i = 0; i < 1000; ++i)
    process::tell_anonymous(reader, i);
  process::tell_anonymous(other, 1);
  rig.world.run();
  CHECK(data == 1000);
  CHECK(data_at_turn == int{process::system_config::throughput_max});
}

SCENARIO("a question that still waits at its deadline is never handled") {
  GIVEN("a mailbox that nobody reads, and three questions, the second one patient") {
    test::mailbox_rig rig;
    rig.ask(rig.box, 1, 1s);
    rig.ask(rig.box, 2, 1h);
    rig.ask(rig.box, 3, 1s);
    rig.world.pass(2s);
    CHECK(rig.outcomes == texts{"timeout", "timeout"});

    WHEN("a reader comes after that") {
      rig.spawn_reader();
      rig.world.run();

      THEN("only the patient one is handled") {
        CHECK(rig.handled == texts{"2"});
        CHECK(rig.outcomes == texts{"timeout", "timeout", "4"});
        CHECK(rig.box->figures().expired == 2);
        CHECK(rig.box->figures().taken == 1);
        CHECK(rig.world.services().dead_letters() == 0);
      }
    }
  }
}

SCENARIO("a fenced process puts nothing into a mailbox") {
  test::mailbox_rig rig;
  rig.world.spawn_function("zombie", [&](process_base& self) -> caf::behavior {
    self.fence();
    CHECK(process::tell(self, rig.box, std::string{"a"}) == mail_outcome::lost);
    process::ask(
        self, rig.box, 1s, 1, [](int) {}, [](const caf::error&) {});
    return {};
  });
  rig.world.run();
  CHECK(rig.box->length() == 0);
  CHECK(rig.dead(dead_letter_kind::fenced) == 2);
}

SCENARIO("what waits in a mailbox counts as waiting for its process") {
  test::mailbox_rig rig;
  std::size_t in_handler = 0;
  const auto reader = rig.spawn(
      [&](process_base& self) -> caf::behavior { return {[&](int) { in_handler = self.mailbox_length(); }}; });
  rig.world.run();
  for (int i = 0; i < 3; ++i)
    process::tell_anonymous(reader, i);
  process::tell_urgent_anonymous(reader, 1);
  CHECK(process::mailbox_length(reader) == 4);
  rig.world.run();
  CHECK(in_handler == 1);
  CHECK(process::mailbox_length(reader) == 0);
}
