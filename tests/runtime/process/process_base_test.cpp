#include "runtime/process/ask.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>
#include <caf/skip.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::process_base;
using process::reason_code;

namespace {

/// A behavior that notes every text it gets.
caf::behavior note_into(std::vector<std::string>& texts) {
  return {[&texts](const std::string& text) { texts.push_back(text); }};
}

} // namespace

SCENARIO("a message that nobody expects ends neither side") {
  GIVEN("a sender and a receiver that knows texts only") {
    virtual_time::virtual_world world;
    std::vector<std::string> texts;
    const auto receiver = world.spawn_function("receiver", [&](process_base&) { return note_into(texts); });
    const auto sender = world.spawn_function("sender", [&](process_base& self) -> caf::behavior {
      process::tell(self, receiver, 17);
      return {};
    });

    WHEN("a number is sent") {
      world.run();

      THEN("both live, and the letter is counted and named") {
        CHECK_FALSE(world.ended(sender));
        CHECK_FALSE(world.ended(receiver));
        CHECK(world.services().dead_letters() == 1);
        REQUIRE(world.services().dead_letter_samples().size() == 1);
        CHECK(world.services().dead_letter_samples()[0].receiver == "receiver");
        process::tell_anonymous(receiver, std::string{"still here"});
        world.run();
        CHECK(texts.size() == 1);
      }
    }
  }
}

SCENARIO("an exception in a handler ends its process as crashed and keeps the text") {
  GIVEN("a process whose handler throws") {
    virtual_time::virtual_world world;
    const auto fragile = world.spawn_function("fragile", [](process_base&) -> caf::behavior {
      return {[](int) { throw std::runtime_error{"the cup fell"}; }};
    });

    WHEN("the handler runs") {
      process::tell_anonymous(fragile, 1);

      THEN("the reason says what was thrown") {
        const auto reason = world.ended(fragile);
        REQUIRE(reason);
        CHECK(process::code_of(*reason) == reason_code::crashed);
        CHECK(process::text_of(*reason) == "the cup fell");
      }
    }
  }
}

SCENARIO("a timer fires once at its time, and not after it was cancelled") {
  GIVEN("a process with two timers, one of which is cancelled") {
    virtual_time::virtual_world world;
    std::vector<std::string> fired;
    process::timer kept;
    world.spawn_function("timed", [&](process_base& self) -> caf::behavior {
      kept = self.after(10ms, [&] { fired.emplace_back("kept"); });
      auto gone = self.after(5ms, [&] { fired.emplace_back("gone"); });
      return {};
    });

    WHEN("time passes") {
      world.pass(9ms);
      CHECK(fired.empty());
      CHECK(kept.armed());
      world.pass(1ms);

      THEN("only the other one has fired") {
        CHECK(fired == std::vector<std::string>{"kept"});
        CHECK_FALSE(kept.armed());
        world.pass(1h);
        CHECK(fired.size() == 1);
      }
    }
  }
}

SCENARIO("a watch calls back exactly once with the true reason") {
  GIVEN("a process that watches another twice, and took a third watch back") {
    virtual_time::virtual_world world;
    std::vector<std::string> heard;
    const auto target = world.spawn_function("target", [](process_base&) -> caf::behavior { return {}; });
    world.spawn_function("watcher", [&](process_base& self) -> caf::behavior {
      self.watch(target, [&](const caf::error& why) { heard.push_back("a " + process::text_of(why)); });
      const auto unwanted = self.watch(target, [&](const caf::error&) { heard.emplace_back("never"); });
      self.watch(target, [&](const caf::error& why) { heard.push_back("b " + process::text_of(why)); });
      self.unwatch(unwanted);
      return {};
    });
    world.run();

    WHEN("the target ends") {
      process::ask_to_stop(target, process::make_reason(reason_code::refused, "go away"));
      world.run();

      THEN("each watch that stands hears of it once") {
        CHECK(heard == std::vector<std::string>{"a go away", "b go away"});
      }
    }
  }
}

SCENARIO("an ask has exactly one outcome") {
  GIVEN("a server that answers, refuses, stays silent or ends") {
    virtual_time::virtual_world world;
    std::vector<std::string> outcomes;
    const auto server = world.spawn_function("server", [](process_base& self) -> caf::behavior {
      return {[&self](const std::string& question) -> caf::result<std::string> {
        if (question == "refuse")
          return process::make_reason(reason_code::refused, "no");
        if (question == "end") {
          self.stop(process::make_reason(reason_code::shutdown, "closing"));
          return std::string{"bye"};
        }
        if (question == "vanish") {
          self.stop(process::make_reason(reason_code::shutdown, "closing"));
          return caf::result<std::string>{self.make_response_promise<std::string>()};
        }
        if (question == "silent")
          return caf::result<std::string>{self.make_response_promise<std::string>()};
        return question + "!";
      }};
    });
    const auto ask = [&](const std::string& question) {
      world.spawn_function("asker", [&outcomes, server, question](process_base& self) -> caf::behavior {
        process::ask(
            self, server, 1s, question, [&](const std::string& answer) { outcomes.push_back(answer); },
            [&](const caf::error& why) {
              outcomes.push_back(why == caf::sec::request_timeout ? "timeout" : process::text_of(why));
            });
        return {};
      });
      world.run();
      world.pass(2s);
    };

    THEN("an answer is an answer") {
      ask("hello");
      CHECK(outcomes == std::vector<std::string>{"hello!"});
    }
    THEN("an error is a failure") {
      ask("refuse");
      CHECK(outcomes == std::vector<std::string>{"no"});
    }
    THEN("silence is a timeout") {
      ask("silent");
      CHECK(outcomes == std::vector<std::string>{"timeout"});
    }
    THEN("an answer just before the end is not overtaken by the end") {
      ask("end");
      CHECK(outcomes == std::vector<std::string>{"bye"});
    }
    THEN("an end without an answer is a failure at once") {
      ask("vanish");
      CHECK(outcomes == std::vector<std::string>{"closing"});
    }
  }
}
