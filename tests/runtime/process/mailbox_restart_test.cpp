#include "tests/runtime/process/mailbox_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using process::dead_letter_kind;
using process::mail_outcome;
using process::process_base;

namespace {

using texts = std::vector<std::string>;

/// Uses a mailbox by its constructor, and fails as told.
class fragile final : public process_base {
public:
  fragile(caf::actor_config& config, std::shared_ptr<process::mailbox> box, const std::string& fails_in)
      : process_base{config, "fragile"}, fails_in_{fails_in} {
    use_mailbox(std::move(box));
    if (fails_in_ == "constructor")
      throw std::runtime_error{"constructor"};
  }

private:
  caf::behavior behave() override {
    if (fails_in_ == "behave")
      throw std::runtime_error{"behave"};
    stop(process::make_reason(process::reason_code::peer_unavailable, "no peer"));
    return {};
  }

  std::string fails_in_;
};

} // namespace

SCENARIO("what a process has not handled when it ends is kept for the next one, in order, but for the poison") {
  GIVEN("five messages, the second of which crashes its handler") {
    test::mailbox_rig rig;
    const auto first = rig.spawn_reader();
    rig.world.run();
    for (const auto* text : {"a", "crash", "b", "c"})
      process::tell_anonymous(first, std::string{text});
    rig.world.run();
    CHECK(process::text_of(*rig.world.ended(first)) == "crash");
    CHECK(rig.handled == texts{"a"});
    CHECK(rig.box->length() == 2);

    WHEN("more is sent to the one that has ended and to the mailbox, and the next one begins") {
      process::tell_anonymous(first, std::string{"d"});
      rig.send("e");
      rig.spawn_reader();
      rig.world.run();

      THEN("it gets all of it in order, and the poison is not given out again") {
        CHECK(rig.handled == texts{"a", "b", "c", "d", "e"});
        CHECK(rig.box->figures().taken == 6);
      }
    }
    WHEN("the next one cannot be made, the one after fails to begin, and the next ends at once") {
      rig.send("d");
      for (const auto* where : {"constructor", "behave", "soon"}) {
        rig.world.spawn<fragile>(rig.box, where);
        rig.world.run();
        rig.send(where);
      }
      CHECK(rig.box->figures().readers == 0);
      rig.spawn_reader();
      rig.world.run();

      THEN("nothing is lost") {
        CHECK(rig.handled == texts{"a", "b", "c", "d", "constructor", "behave", "soon"});
      }
    }
    WHEN("the second one crashes, too, and is killed in its turn") {
      rig.send("crash");
      rig.send("d");
      rig.spawn_reader();
      rig.world.run();
      CHECK(rig.handled == texts{"a", "b", "c"});
      const auto third = rig.spawn_reader();
      process::kill(third);
      rig.world.run();
      rig.send("e");
      rig.spawn_reader();
      rig.world.run();

      THEN("the next one goes on where they ended") {
        CHECK(rig.handled == texts{"a", "b", "c", "d", "e"});
      }
    }
  }
}

SCENARIO("the bound holds while nobody reads") {
  test::mailbox_rig rig{3};
  const auto first = rig.spawn_reader();
  rig.world.run();
  process::kill(first);
  rig.world.run();
  for (int i = 0; i < 100; ++i)
    process::tell_anonymous(first, std::to_string(i));
  CHECK(rig.box->length() == 3);
  CHECK(rig.box->figures().refused == 97);
  rig.spawn_reader();
  rig.world.run();
  CHECK(rig.handled == texts{"0", "1", "2"});
}

SCENARIO("a question outlives the incarnation that has not taken it, and fails with the handler that it crashes") {
  GIVEN("a reader that ends with a question in its mailbox") {
    test::mailbox_rig rig;
    const auto first = rig.spawn_reader();
    rig.world.run();

    WHEN("it was asked by its handle") {
      process::kill(first);
      rig.ask(first, 21);
      CHECK(rig.outcomes.empty());
      rig.spawn_reader();
      rig.world.run();

      THEN("the next one answers") {
        CHECK(rig.outcomes == texts{"42"});
      }
    }
    WHEN("its handler throws") {
      rig.ask(first, 13);
      rig.world.run();

      THEN("the asker hears what was thrown, once") {
        CHECK(rig.outcomes == texts{"unlucky"});
        rig.spawn_reader();
        rig.world.pass(2s);
        CHECK(rig.outcomes.size() == 1);
        CHECK(rig.handled.empty());
      }
    }
  }
}

SCENARIO("an asker hears at once when the incarnation that works on its question is fenced") {
  test::mailbox_rig rig;
  rig.spawn([](process_base& self) -> caf::behavior {
    return {[&self](int number) {
      self.fence();
      return number;
    }};
  });
  rig.ask(rig.box, 1);
  REQUIRE(rig.outcomes.size() == 1);
  CHECK(rig.outcomes[0].find("request_receiver_down") != std::string::npos);
  CHECK(rig.dead(dead_letter_kind::fenced) == 1);
}

SCENARIO("when a mailbox is closed, what is in it and what comes later is dead or answered") {
  GIVEN("a mailbox with two messages and a question, a reader that has ended, and one that lives") {
    test::mailbox_rig rig;
    const auto ended = rig.spawn_reader();
    rig.world.run();
    process::kill(ended);
    rig.world.run();
    rig.send("a");
    rig.ask(ended, 1);
    rig.send("b");

    WHEN("it is closed twice") {
      rig.box->close();
      rig.box->close();
      CHECK(process::tell_anonymous(rig.box, std::string{"c"}) == mail_outcome::closed);
      process::tell_anonymous(ended, std::string{"d"});
      rig.ask(ended, 2);
      const auto late = rig.spawn_reader();
      rig.world.run();

      THEN("nothing is handled, all is counted, each question has an outcome, and its process lives on") {
        CHECK(rig.handled.empty());
        CHECK(rig.outcomes == texts{"the mailbox box is closed", "the mailbox box is closed"});
        CHECK(rig.dead(dead_letter_kind::closed_mailbox) == 4);
        CHECK(rig.box->figures().closed == 6);
        CHECK(rig.box->figures().is_closed);
        CHECK(rig.box->length() == 0);
        CHECK_FALSE(rig.world.ended(late));
      }
    }
    WHEN("its last owner lets go of it") {
      rig.box.reset();
      rig.world.run();

      THEN("it is the same") {
        CHECK(rig.outcomes == texts{"the mailbox box is closed"});
        CHECK(rig.dead(dead_letter_kind::closed_mailbox) == 2);
        process::tell_anonymous(ended, std::string{"d"});
        CHECK(rig.handled.empty());
      }
      rig.box = process::make_mailbox(rig.world.system(), {"next", 1});
    }
  }
}

SCENARIO("of two incarnations the newest gets the messages, and when it ends first, the one before it") {
  GIVEN("an old reader, and a new one that begins beside it") {
    test::mailbox_rig rig;
    const auto old_one = rig.spawn_reader("old ");
    rig.world.run();
    rig.send("a");
    rig.world.run();
    const auto new_one = rig.spawn_reader("new ");
    rig.world.run();

    WHEN("messages go to the mailbox and to the handles of both, and the old one ends") {
      rig.send("b");
      process::tell_anonymous(old_one, std::string{"c"});
      process::tell_anonymous(new_one, std::string{"d"});
      process::kill(old_one);
      rig.world.run();
      rig.send("e");
      rig.world.run();

      THEN("the new one handles them") {
        CHECK(rig.handled == texts{"old a", "new b", "new c", "new d", "new e"});
      }
    }
    WHEN("the new one crashes first, with a message behind that, again and again") {
      for (int round = 0; round < 3; ++round) {
        const auto newer = rig.spawn_reader("newer ");
        rig.world.run();
        rig.send("crash");
        rig.send("b");
        process::tell_anonymous(newer, std::string{"c"});
        rig.world.run();
      }

      THEN("whoever was before goes on") {
        CHECK(rig.handled.size() == 7);
        CHECK(rig.handled[1] == "new b");
        CHECK(rig.handled[6] == "new c");
      }
    }
    WHEN("the new one begins while a message waits for the old one") {
      rig.send("b");
      rig.spawn_reader("newest ");
      CHECK(rig.world.home().ready() == 2); // "new" has its token, and comes first
      rig.world.run();
      process::kill(new_one);
      rig.send("c");
      rig.world.run();

      THEN("a message is handled once, by the newest that is there when it is taken") {
        CHECK(rig.handled == texts{"old a", "new b", "newest c"});
      }
    }
  }
}

SCENARIO("no more than a few living incarnations read a mailbox") {
  test::mailbox_rig rig;
  std::vector<caf::actor> all;
  for (std::size_t i = 0; i <= process::mailbox::readers_max; ++i) {
    all.push_back(rig.spawn_reader(std::to_string(i) + " "));
    rig.world.run();
  }
  CHECK(rig.box->figures().readers == process::mailbox::readers_max);
  while (all.size() > 1) {
    process::kill(all.back());
    all.pop_back();
    rig.world.run();
  }
  rig.send("a");
  rig.world.run();
  CHECK(rig.handled.empty()); // the oldest was forgotten
  process::kill(all.back());
  rig.world.run();
  CHECK(rig.box->length() == 1);
}

SCENARIO("a message that is skipped waits in front until another was handled, also across a restart") {
  GIVEN("a reader that does not want `later` yet") {
    test::mailbox_rig rig{3, process::overflow::drop_newest};
    const auto first = rig.spawn_reader();
    rig.world.run();
    for (const auto* text : {"later", "a", "later"})
      rig.send(text);
    rig.world.run();
    CHECK(rig.handled == texts{"a"});
    CHECK(rig.box->length() == 2);
    CHECK(process::mailbox_length(first) == 2);

    WHEN("it handles what it waited for") {
      rig.send("now");
      rig.world.run();

      THEN("they are handled") {
        CHECK(rig.handled == texts{"a", "now", "later", "later"});
        CHECK(rig.box->length() == 0);
      }
    }
    WHEN("it hears it as an urgent message") {
      process::tell_urgent_anonymous(first, std::string{"now"});
      rig.world.run();

      THEN("they are handled, too") {
        CHECK(rig.handled == texts{"a", "now", "later", "later"});
      }
    }
    WHEN("it is killed, and the next one wants everything") {
      process::kill(first);
      rig.world.run();
      rig.send("b");
      rig.send("c");
      rig.now = true;
      rig.spawn_reader();
      rig.world.run();

      THEN("the next one gets them first, and the bound held") {
        CHECK(rig.handled == texts{"a", "later", "later", "b"});
        CHECK(rig.box->figures().dropped == 1);
      }
    }
  }
}

SCENARIO("a message that is skipped when its place was taken meanwhile makes one lose, by the policy") {
  const auto lives = [](process::overflow policy) {
    test::mailbox_rig rig{1, policy};
    bool wanted = false;
    texts seen;
    const auto reader = rig.spawn([&](process_base&) -> caf::behavior {
      return {[&](const std::string& text) -> caf::result<void> {
                if (!wanted) {
                  if (text == "old")
                    rig.send("young");
                  return caf::skip();
                }
                seen.push_back(text);
                return caf::unit;
              },
              [&](int) { wanted = true; }};
    });
    rig.world.run();
    rig.send("old");
    rig.world.run();
    CHECK(rig.box->length() == 1);
    CHECK(rig.box->figures().dropped + rig.box->figures().refused == 1);
    process::tell_urgent_anonymous(reader, 1);
    rig.world.run();
    return seen;
  };
  CHECK(lives(process::overflow::refuse) == texts{"old"});
  CHECK(lives(process::overflow::drop_newest) == texts{"old"});
  CHECK(lives(process::overflow::drop_oldest) == texts{"young"});
}

SCENARIO("a mailbox keeps no ended process alive by the messages in it") {
  std::weak_ptr<process::mailbox> trace;
  {
    test::virtual_world world;
    auto box = process::make_mailbox(world.system(), {"box", 10});
    trace = box;
    auto who = process::spawn_process<test::function_process>(
        world.system(), process::spawn_options{&world.home(), box}, "who", [](process_base& self) -> caf::behavior {
          process::tell(self, caf::actor_cast<caf::actor>(&self), std::string{"from myself to myself"});
          self.stop({});
          return {};
        });
    world.run();
    CHECK(box->length() == 1);
    box = nullptr; // its last owner: the ended process holds it no more
    CHECK(trace.expired());
    CHECK(world.services().dead_letters() == 1);
  }
}
