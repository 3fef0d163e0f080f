#include "runtime/process/ask.hpp"
#include "runtime/process/fence.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::dead_letter_kind;
using process::process_base;
using process::reason_code;

namespace {

using texts = std::vector<std::string>;

caf::behavior note_into(texts& notes) {
  return {[&notes](const std::string& text) { notes.push_back(text); }};
}

std::uint64_t fenced_letters(test::virtual_world& world) {
  return world.services().dead_letters_by_kind().counts[static_cast<std::size_t>(dead_letter_kind::fenced)];
}

} // namespace

SCENARIO("a fenced process that wakes up in its handler sends nothing, and ends right after it") {
  GIVEN("a process whose handler is fenced halfway, as by another thread, and then wants to act") {
    test::virtual_world world;
    texts heard;
    texts done;
    const auto other = world.spawn_function("other", [&](process_base&) { return note_into(heard); });
    process::timer armed;
    const auto zombie = world.spawn_function("zombie", [&](process_base& self) -> caf::behavior {
      armed = self.after(1s, [&] { done.emplace_back("timer"); });
      self.watch(other, [&](const caf::error&) { done.emplace_back("down"); });
      return {[&](int) {
                process::tell(self, other, std::string{"before"});
                self.fence(reason_code::stuck);
                self.fence(reason_code::crashed);
                process::tell(self, other, std::string{"told"});
                process::tell_urgent(self, other, std::string{"urgent"});
                caf::local_actor& plain = self;
                process::tell(plain, other, std::string{"told as a plain actor"});
                process::ask(
                    self, other, 1s, std::string{"asked"}, [&](int) { done.emplace_back("reply"); },
                    [&](const caf::error&) { done.emplace_back("failure"); });
                self.guarded([&] { done.emplace_back("guarded"); });
              },
              [&](const std::string&) { done.emplace_back("next message"); }};
    });
    world.run();

    WHEN("that handler runs, with a message behind it") {
      process::tell_anonymous(zombie, 1);
      process::tell_anonymous(zombie, std::string{"next"});
      world.run();
      process::kill(other);
      world.pass(2s);

      THEN("only what came before the fence was seen by others") {
        CHECK(heard == texts{"before"});
        CHECK(done.empty());
        CHECK(fenced_letters(world) == 4);
        CHECK(world.services().dead_letter_samples().front().receiver == "zombie");
      }
      THEN("it ends with the reason of the first fence") {
        const auto reason = world.ended(zombie);
        REQUIRE(reason);
        CHECK(process::code_of(*reason) == reason_code::stuck);
        CHECK(world.home().armed_timers() == 0);
      }
    }
  }
}

SCENARIO("the answers of a fenced process reach nobody, and what waits for it fails") {
  GIVEN("a server that is fenced while it works on a question, and another question behind it") {
    test::virtual_world world;
    texts outcomes;
    caf::response_promise promised;
    const auto server = world.spawn_function("server", [&](process_base& self) -> caf::behavior {
      return {[&self](int) {
                self.fence();
                return std::string{"from the grave"};
              },
              [&](const std::string&) -> caf::result<std::string> {
                promised = self.make_response_promise();
                return caf::delegated<std::string>{};
              }};
    });
    const auto ask = [&](const auto& question, const std::string& name) {
      world.spawn_function("asker", [&outcomes, server, question, name](process_base& self) -> caf::behavior {
        process::ask(
            self, server, 1s, question, [&outcomes, name](const std::string& text) { outcomes.push_back(name + text); },
            [&outcomes, name](const caf::error&) { outcomes.push_back(name + "failed"); });
        return {};
      });
    };
    ask(std::string{"promise"}, "promised: ");
    world.run();
    ask(1, "first: ");
    ask(2, "second: ");

    WHEN("it is worked off, and a promise of it is kept after that") {
      world.run();
      promised.deliver(std::string{"late"});
      world.pass(2s);

      THEN("each asker hears of a failure, and of no answer") {
        std::sort(outcomes.begin(), outcomes.end());
        CHECK(outcomes == texts{"first: failed", "promised: failed", "second: failed"});
        CHECK(fenced_letters(world) == 2);
      }
    }
  }
}

SCENARIO("a request that waits for a fenced process is answered with an error at once") {
  test::virtual_world world;
  texts outcomes;
  const auto server = world.spawn_function(
      "server", [](process_base&) -> caf::behavior { return {[](int) { return std::string{"hello"}; }}; });
  world.run();
  // A plain actor of CAF: it watches nobody, and no process base throws its answers away.
  const auto asker = world.system().spawn([&, server](caf::event_based_actor* self) {
    self->request(server, caf::infinite, 1)
        .then([&](const std::string& text) { outcomes.push_back(text); },
              [&](const caf::error& why) {
                outcomes.emplace_back(why == caf::sec::request_receiver_down ? "down" : "other");
              });
  });
  process::find_process(server)->fence();
  world.run();
  CHECK(outcomes == texts{"down"});
}

SCENARIO("a fenced process that waits for messages, or has not begun, ends at once and does nothing") {
  GIVEN("one of each, and a plain actor") {
    test::virtual_world world;
    texts notes;
    const auto waiting = world.spawn_function("waiting", [&](process_base&) { return note_into(notes); });
    world.run();
    const auto unborn = world.spawn_function("unborn", [&](process_base&) {
      notes.emplace_back("began");
      return note_into(notes);
    });
    const auto plain = world.system().spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });

    WHEN("all are fenced and killed") {
      process::fence_and_kill(waiting);
      process::fence_and_kill(unborn, reason_code::stuck);
      process::fence_and_kill(plain);
      CHECK(process::find_process(waiting)->is_fenced());
      CHECK(process::find_process(plain) == nullptr);

      THEN("they end, the processes with the reason that was given") {
        CHECK(process::code_of(*world.ended(waiting)) == reason_code::killed);
        CHECK(process::text_of(*world.ended(waiting)) == "fenced");
        CHECK(process::code_of(*world.ended(unborn)) == reason_code::stuck);
        CHECK(process::code_of(*world.ended(plain)) == reason_code::killed);
        CHECK(notes.empty());
      }
    }
    WHEN("the waiting one is only fenced") {
      process::find_process(waiting)->fence();

      THEN("it ends without another message") {
        CHECK(process::code_of(*world.ended(waiting)) == reason_code::killed);
      }
    }
  }
}

SCENARIO("a process that is stuck on a thread of its own is harmless once it is fenced from another") {
  process::system_config config{2};
  caf::actor_system system{config};
  std::promise<void> stuck;
  std::promise<void> release;
  std::atomic<int> harm{0};
  const auto other = process::spawn_process<test::function_process>(
      system, nullptr, "other", [&](process_base&) -> caf::behavior { return {[&](int) { ++harm; }}; });
  const auto zombie =
      process::spawn_process<test::function_process>(system, nullptr, "zombie", [&](process_base& self) {
        return caf::behavior{[&](const std::string&) {
          stuck.set_value();
          release.get_future().wait();
          process::tell(self, other, 1);
        }};
      });
  process::tell_anonymous(zombie, std::string{"go"});
  stuck.get_future().wait();
  process::fence_and_kill(zombie, reason_code::stuck);
  release.set_value();
  std::promise<caf::error> ended;
  const auto watcher = process::spawn_process<test::function_process>(
      system, nullptr, "watcher", [&](process_base& self) -> caf::behavior {
        self.watch(zombie, [&](const caf::error& why) { ended.set_value(why); });
        return {};
      });
  CHECK(process::code_of(ended.get_future().get()) == reason_code::stuck);
  process::ask_to_stop(other);
  process::ask_to_stop(watcher);
  system.await_all_actors_done();
  CHECK(harm == 0);
}
