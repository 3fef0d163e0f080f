#include "runtime/process/quiet_scheduler.hpp"
#include "runtime/process/system_config.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/actor_clock.hpp>
#include <caf/group.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

/// Notes what it is told.
class noting_clock final : public caf::actor_clock {
public:
  void set_ordinary_timeout(time_point, caf::abstract_actor*, caf::atom_value, std::uint64_t) override {
    notes.emplace_back("set ordinary");
  }

  void set_multi_timeout(time_point, caf::abstract_actor*, caf::atom_value, std::uint64_t) override {
    notes.emplace_back("set multi");
  }

  void set_request_timeout(time_point, caf::abstract_actor*, caf::message_id) override {
    notes.emplace_back("set request");
  }

  void cancel_ordinary_timeout(caf::abstract_actor*, caf::atom_value) override {
    notes.emplace_back("cancel ordinary");
  }

  void cancel_request_timeout(caf::abstract_actor*, caf::message_id) override { notes.emplace_back("cancel request"); }

  void cancel_timeouts(caf::abstract_actor*) override { notes.emplace_back("end"); }

  void schedule_message(time_point, caf::strong_actor_ptr, caf::mailbox_element_ptr) override {
    notes.emplace_back("message");
  }

  void schedule_message(time_point, caf::group, caf::strong_actor_ptr, caf::message) override {
    notes.emplace_back("group message");
  }

  void cancel_all() override { notes.emplace_back("cancel all"); }

  texts notes;
};

} // namespace

SCENARIO("CAF's clock hears of an actor's end once, and only if that actor has set a timeout") {
  GIVEN("two actors and a clock") {
    test::virtual_world world;
    const auto handle = world.spawn_function("one", [](process::process_base&) -> caf::behavior { return {}; });
    const auto other = world.spawn_function("other", [](process::process_base&) -> caf::behavior { return {}; });
    auto* one = caf::actor_cast<caf::abstract_actor*>(handle);
    noting_clock real;
    process::quiet_clock quiet{real};

    WHEN("an actor ends that never set one") {
      quiet.cancel_timeouts(one);

      THEN("nothing is said") {
        CHECK(real.notes.empty());
      }
    }
    WHEN("one sets each kind, and both end") {
      quiet.set_ordinary_timeout({}, one, caf::atom("a"), 1);
      quiet.set_multi_timeout({}, one, caf::atom("a"), 1);
      quiet.set_request_timeout({}, one, caf::message_id{});
      CHECK(quiet.users() == 1);
      quiet.cancel_timeouts(caf::actor_cast<caf::abstract_actor*>(other));
      quiet.cancel_timeouts(one);
      quiet.cancel_timeouts(one);

      THEN("the end of that one is told once, and nothing is remembered") {
        CHECK(real.notes == texts{"set ordinary", "set multi", "set request", "end"});
        CHECK(quiet.users() == 0);
      }
    }
    WHEN("anything else is asked of it") {
      quiet.cancel_ordinary_timeout(one, caf::atom("a"));
      quiet.cancel_request_timeout(one, caf::message_id{});
      quiet.schedule_message({}, caf::actor_cast<caf::strong_actor_ptr>(handle), nullptr);
      quiet.schedule_message({}, caf::group{}, nullptr, caf::message{});
      quiet.cancel_all();

      THEN("it is handed on") {
        CHECK(real.notes == texts{"cancel ordinary", "cancel request", "message", "group message", "cancel all"});
      }
    }
  }
}

SCENARIO("each kind of timeout alone makes CAF's clock hear of the end") {
  using set = void (*)(process::quiet_clock&, caf::abstract_actor*);
  const std::vector<set> kinds{
      [](process::quiet_clock& to, caf::abstract_actor* who) { to.set_ordinary_timeout({}, who, caf::atom("a"), 1); },
      [](process::quiet_clock& to, caf::abstract_actor* who) { to.set_multi_timeout({}, who, caf::atom("a"), 1); },
      [](process::quiet_clock& to, caf::abstract_actor* who) { to.set_request_timeout({}, who, caf::message_id{}); }};
  test::virtual_world world;
  const auto handle = world.spawn_function("one", [](process::process_base&) -> caf::behavior { return {}; });
  auto* one = caf::actor_cast<caf::abstract_actor*>(handle);
  for (const auto kind : kinds) {
    noting_clock real;
    process::quiet_clock quiet{real};
    kind(quiet, one);
    quiet.cancel_timeouts(one);
    CHECK(real.notes.back() == "end");
  }
}

SCENARIO("every system of ours has the quiet clock, and a timeout of CAF's still comes") {
  GIVEN("a system, somebody who never answers, and somebody who asks") {
    process::system_config config{1};
    caf::actor_system system{config};
    const auto* quiet = dynamic_cast<process::quiet_clock*>(&system.clock());
    REQUIRE(quiet != nullptr);
    std::string heard;
    {
      const auto silent = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
        return {[self](int) { return self->make_response_promise(); }};
      });
      system.spawn([&heard, silent](caf::event_based_actor* self) {
        self->request(silent, 1ms, 1)
            .then([](int) {},
                  [&heard, self, silent](const caf::error& why) {
                    heard = why == caf::sec::request_timeout ? "timeout" : "other";
                    self->send_exit(silent, caf::exit_reason::user_shutdown);
                  });
      });
    }
    WHEN("all is over") {
      system.await_all_actors_done();

      THEN("the time-out was heard, and nobody is remembered") {
        CHECK(heard == "timeout");
        CHECK(quiet->users() == 0);
      }
    }
  }
}
