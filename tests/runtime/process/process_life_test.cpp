#include "runtime/process/ask.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::process_base;
using process::reason_code;

namespace {

using texts = std::vector<std::string>;

/// Notes the calls it gets, and ends 10 ms after it was asked to.
class polite final : public process_base {
public:
  polite(caf::actor_config& config, texts& notes) : process_base{config, "polite"}, notes_{&notes} {}

private:
  caf::behavior behave() override {
    notes_->emplace_back("behave");
    return {[this](int) { stop(process::make_reason(reason_code::peer_unavailable, "first")); },
            [](const std::string& text) { throw std::runtime_error{text}; }};
  }

  void on_stop(const caf::error& reason) override {
    notes_->emplace_back("on_stop");
    draining_ = after(10ms, [this, reason] { stop(reason); });
  }

  void on_end(const caf::error& reason) override {
    notes_->push_back("on_end " + process::text_of(reason));
    throw std::runtime_error{"an end cannot fail"};
  }

  texts* notes_;
  process::timer draining_;
};

/// Cannot be made.
class unmakable final : public process_base {
public:
  explicit unmakable(caf::actor_config& config) : process_base{config, "unmakable"} {
    throw std::runtime_error{"no such file"};
  }

private:
  caf::behavior behave() override { return {}; }
};

} // namespace

SCENARIO("a process begins once, may finish what it does when asked to stop, and hears of its end last") {
  GIVEN("a process that needs 10 ms to stop") {
    virtual_time::virtual_world world;
    texts notes;
    const auto who = world.spawn<polite>(notes);
    world.run();

    WHEN("it is asked to stop") {
      process::ask_to_stop(who, process::make_reason(reason_code::shutdown, "good night"));
      world.pass(9ms);
      CHECK(notes == texts{"behave", "on_stop"});
      world.pass(1ms);

      THEN("it ends after that, with the reason, even though its on_end throws") {
        CHECK(notes == texts{"behave", "on_stop", "on_end good night"});
        CHECK(process::text_of(*world.ended(who)) == "good night");
      }
    }
    WHEN("it is killed") {
      process::kill(who);
      world.run();

      THEN("it is not asked, but on_end is called") {
        REQUIRE(notes.size() == 2);
        CHECK(notes[1].starts_with("on_end"));
        CHECK(process::code_of(*world.ended(who)) == reason_code::killed);
      }
    }
    WHEN("it stops itself and a plain CAF exit comes later") {
      process::tell_anonymous(who, 1);
      caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
      world.run();

      THEN("the first reason counts") {
        CHECK(process::code_of(*world.ended(who)) == reason_code::peer_unavailable);
      }
    }
  }
}

SCENARIO("a process that cannot be made is a fault, or a handle to one that has ended") {
  GIVEN("a class whose constructor throws") {
    virtual_time::virtual_world world;

    WHEN("it is tried") {
      const auto made = process::try_spawn_process<unmakable>(world.system(), &world.home());

      THEN("the fault has the text") {
        REQUIRE_FALSE(made);
        CHECK(process::code_of(made.fault()) == reason_code::start_failed);
        CHECK(process::text_of(made.fault()) == "no such file");
        CHECK(world.services().live_count() == 0);
      }
    }
    WHEN("it is spawned") {
      const auto who = world.spawn<unmakable>();

      THEN("whoever watches hears the same") {
        const auto reason = world.ended(who);
        REQUIRE(reason);
        CHECK(process::code_of(*reason) == reason_code::start_failed);
        CHECK(process::text_of(*reason) == "no such file");
      }
    }
  }
}

SCENARIO("an exception ends the process as crashed wherever it is thrown") {
  virtual_time::virtual_world world;
  const auto reason_of = [&world](std::function<caf::behavior(process_base&)> behave) {
    const auto who = world.spawn_function("thrower", std::move(behave));
    world.pass(10ms);
    const auto reason = world.ended(who);
    REQUIRE(reason);
    CHECK(process::code_of(*reason) == reason_code::crashed);
    return process::text_of(*reason);
  };
  CHECK(reason_of([](process_base&) -> caf::behavior { throw std::runtime_error{"in behave"}; }) == "in behave");
  process::timer armed;
  CHECK(reason_of([&armed](process_base& self) -> caf::behavior {
          armed = self.after(5ms, [] { throw std::runtime_error{"in a timer"}; });
          return {};
        }) == "in a timer");
  CHECK(reason_of([&world](process_base& self) -> caf::behavior {
          const auto ended = world.spawn_function("ended", [](process_base& it) -> caf::behavior {
            it.stop({});
            return {};
          });
          self.watch(ended, [](const caf::error&) { throw std::runtime_error{"in a down"}; });
          return {};
        }) == "in a down");
  CHECK(reason_of([](process_base&) -> caf::behavior { throw 17; }) == "an exception that is no std::exception");
  CHECK(reason_of([&armed](process_base& self) -> caf::behavior {
          armed = self.after(5ms, [] { throw 17; });
          return {};
        }) == "an exception that is no std::exception");
}

SCENARIO("whoever asked is answered with why the handler of the question threw") {
  test::virtual_world world;
  const auto fragile = world.spawn_function("fragile", [](process_base&) -> caf::behavior {
    return {[](int) -> int { throw std::runtime_error{"the cup fell"}; }};
  });
  std::string answer;
  const auto asker = world.system().spawn([&answer, fragile](caf::event_based_actor* self) {
    self->request(fragile, caf::infinite, 1)
        .then([](int) {}, [&answer](const caf::error& why) { answer = process::text_of(why); });
  });
  world.run();
  CHECK(answer == "the cup fell");
}

SCENARIO("a callback that is no handler can end its process, and an exception in it does") {
  GIVEN("a process and a callback that runs outside of it, as a socket's does") {
    virtual_time::virtual_world world;
    process_base* self = nullptr;
    texts handled;
    const auto who = world.spawn_function("owner", [&](process_base& it) -> caf::behavior {
      self = &it;
      return {[&](const std::string& text) { handled.push_back(text); }};
    });
    world.run();

    WHEN("the callback stops it twice") {
      process::tell_urgent_anonymous(who, std::string{"ahead"});
      process::tell_anonymous(who, std::string{"behind"});
      self->stop(process::make_reason(reason_code::peer_unavailable, "closed"));
      self->stop(process::make_reason(reason_code::crashed, "later"));

      THEN("it ends for the first reason, and handles nothing any more") {
        CHECK(process::text_of(*world.ended(who)) == "closed");
        CHECK(handled.empty());
      }
    }
    WHEN("a callback comes when the process is over") {
      process::kill(who);
      world.run();
      self->stop({});
      const auto armed = self->after(1s, [] {});

      THEN("it changes nothing") {
        CHECK_FALSE(armed.armed());
        CHECK(self->watch(who, [](const caf::error&) {}) == 0);
        CHECK(world.home().armed_timers() == 0);
      }
    }
    WHEN("the callback throws inside guarded()") {
      self->guarded([] { throw std::runtime_error{"bad frame"}; });

      THEN("it ends as crashed with the text") {
        CHECK(process::code_of(*world.ended(who)) == reason_code::crashed);
        CHECK(process::text_of(*world.ended(who)) == "bad frame");
      }
    }
  }
}

SCENARIO("a process lives until it ends for a reason, even if nobody holds it") {
  GIVEN("a process whose handle is dropped") {
    virtual_time::virtual_world world;
    int fired = 0;
    process::timer armed;
    world.spawn_function("forgotten", [&](process_base& self) -> caf::behavior {
      armed = self.after(1s, [&] { ++fired; });
      return {};
    });
    world.pass(2s);

    THEN("it still works, and is found in the list of the live") {
      CHECK(fired == 1);
      REQUIRE(world.services().live().size() == 1);
      CHECK(world.services().live()[0].label == "forgotten");
    }
  }
}

SCENARIO("an answer that comes after the timeout, or twice, is ignored") {
  GIVEN("a server that answers after two seconds, and an asker with one second of patience") {
    virtual_time::virtual_world world;
    texts outcomes;
    process::timer slow;
    const auto server = world.spawn_function("server", [&](process_base& self) -> caf::behavior {
      return {[&](int) -> caf::result<std::string> {
        auto promise = self.make_response_promise<std::string>();
        slow = self.after(2s, [promise]() mutable {
          promise.deliver(std::string{"late"});
          promise.deliver(std::string{"twice"});
        });
        return promise;
      }};
    });
    const auto asker = world.spawn_function("asker", [&](process_base& self) -> caf::behavior {
      process::ask(
          self, server, 1s, 1, [&](const std::string& text) { outcomes.push_back(text); },
          [&](const caf::error& why) { outcomes.emplace_back(why == caf::sec::request_timeout ? "timeout" : "?"); });
      return {};
    });

    WHEN("five seconds pass") {
      world.pass(5s);

      THEN("the timeout is the only outcome, and nothing is a dead letter") {
        CHECK(outcomes == texts{"timeout"});
        CHECK_FALSE(world.ended(asker));
        CHECK(world.services().dead_letters() == 0);
      }
    }
  }
}

SCENARIO("asks to nobody, to the dead, of the wrong type and beyond the bound fail, each once") {
  virtual_time::virtual_world world;
  texts outcomes;
  const auto ask_from = [&](const caf::actor& to, std::size_t times) {
    return world.spawn_function("asker", [&outcomes, to, times](process_base& self) -> caf::behavior {
      for (std::size_t i = 0; i < times; ++i)
        process::ask(
            self, to, 1s, std::string{"question"}, [&](int) { outcomes.emplace_back("answer"); },
            [&](const caf::error& why) { outcomes.push_back(process::text_of(why)); });
      return {};
    });
  };
  const auto dead = world.spawn_function("dead", [](process_base& self) -> caf::behavior {
    self.stop({});
    return {};
  });
  const auto wrong = world.spawn_function(
      "wrong", [](process_base&) -> caf::behavior { return {[](const std::string& text) { return text; }}; });
  const auto silent = world.spawn_function("silent", [](process_base& self) -> caf::behavior {
    return {[&self](const std::string&) -> caf::result<int> { return self.make_response_promise<int>(); }};
  });
  world.run();

  SUBCASE("nobody") {
    ask_from({}, 1);
    world.run();
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].find("request_receiver_down") != std::string::npos);
  }
  SUBCASE("the dead") {
    ask_from(dead, 1);
    world.pass(2s);
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].find("request_receiver_down") != std::string::npos);
  }
  SUBCASE("an answer of another type") {
    ask_from(wrong, 1);
    world.pass(2s);
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].find("unexpected_response") != std::string::npos);
  }
  SUBCASE("too many at once") {
    ask_from(silent, process_base::asks_max + 1);
    world.run();
    CHECK(outcomes == texts{"too many asks are open"});
    world.pass(2s);
    CHECK(outcomes.size() == process_base::asks_max + 1);
    CHECK(world.home().armed_timers() == 0);
  }
}

SCENARIO(
    "a process without a home runs on CAF's scheduler with the system's timers, and a child of a pinned one at home") {
  GIVEN("one of each") {
    virtual_time::virtual_world world;
    int fired = 0;
    process::timer armed;
    process::home* child_home = nullptr;
    static_cast<void>(process::spawn_process<virtual_time::function_process>(world.system(), nullptr, "free",
                                                                             [&](process_base& self) -> caf::behavior {
                                                                               CHECK(self.pinned_to() == nullptr);
                                                                               armed = self.after(1s, [&] { ++fired; });
                                                                               return {};
                                                                             }));
    world.spawn_function("parent", [&](process_base& self) -> caf::behavior {
      self.spawn<virtual_time::function_process>("child", [&](process_base& child) -> caf::behavior {
        child_home = child.pinned_to();
        return {};
      });
      return {};
    });

    WHEN("a second passes") {
      world.pass(1s);

      THEN("both have their place") {
        CHECK(fired == 1);
        CHECK(child_home == &world.home());
      }
    }
  }
}

SCENARIO("an answer that waits behind a backlog is not overtaken by its sender's end") {
  GIVEN("an asker with a thousand messages before the answer, and a server that answers and ends") {
    virtual_time::virtual_world world;
    texts outcomes;
    const auto server = world.spawn_function("server", [](process_base& self) -> caf::behavior {
      return {[&self](int) {
        self.stop(process::make_reason(reason_code::shutdown, "closing"));
        return std::string{"bye"};
      }};
    });
    world.run();
    world.spawn_function("asker", [&](process_base& self) -> caf::behavior {
      process::ask(
          self, server, 1s, 1, [&](const std::string& text) { outcomes.push_back(text); },
          [&](const caf::error& why) { outcomes.push_back(process::text_of(why)); });
      for (int i = 0; i < 1000; ++i)
        process::tell(self, caf::actor_cast<caf::actor>(&self), i);
      return {[](int) {}};
    });

    WHEN("all of it is worked off") {
      world.run();

      THEN("the answer is the outcome") {
        CHECK(outcomes == texts{"bye"});
      }
    }
  }
}

SCENARIO("a settled ask leaves nothing behind") {
  GIVEN("an asker and a server that both live on") {
    virtual_time::virtual_world world;
    int answers = 0;
    const auto server = world.spawn_function(
        "server", [](process_base&) -> caf::behavior { return {[](const std::string& text) { return text; }}; });
    const auto asker = world.spawn_function("asker", [&](process_base& self) -> caf::behavior {
      return {[&](int) {
        process::ask(
            self, server, 1s, std::string{"?"}, [&](const std::string&) { ++answers; }, [](const caf::error&) {});
      }};
    });
    world.run();
    const auto trace = caf::actor_cast<caf::weak_actor_ptr>(asker);
    const auto before = trace.get()->weak_refs.load();

    WHEN("a hundred asks are answered") {
      for (int i = 0; i < 100; ++i)
        process::tell_anonymous(asker, i);
      world.run();

      THEN("no timer and no monitor of theirs remains") {
        CHECK(answers == 100);
        CHECK(world.home().armed_timers() == 0);
        CHECK(trace.get()->weak_refs.load() == before);
      }
    }
  }
}
