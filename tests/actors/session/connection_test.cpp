#include "actors/session/messages.hpp"
#include "supervisors/management.hpp"
#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode;
using namespace std::chrono_literals;
using session::phase;

SCENARIO("a connection dials, logs in, subscribes, reconciles, and only then is live") {
  test::session_world world;
  CHECK(world.phase() == phase::dialing);
  world.link().peer_accepts();
  world.world.run();
  CHECK(world.phase() == phase::authenticating);
  world.link().peer_sends("welcome");
  world.world.run();
  CHECK(world.phase() == phase::subscribing);
  world.link().peer_sends("subscribed");
  world.world.run();
  CHECK(world.phase() == phase::reconciling);
  CHECK(world.verdicts.empty());
  world.answer_reconciliation({});
  CHECK(world.phase() == phase::live);
  CHECK(world.verdicts == std::vector<std::string>{"proven"}); // what is said of the peer's address
  CHECK(world.notices->count(session::fact::phase_changed::kind) == 5);
  CHECK(world.notices->count(session::fact::reconciled::kind) == 1);
}

SCENARIO("a test request goes through the heartbeat manager and is answered and measured") {
  test::session_world world;
  world.go_live();
  world.link().peer_sends("test_request");
  world.world.run();
  CHECK(world.link().sent.back() == "test");
  CHECK(world.record->counters.heartbeats_asked == 1);
  CHECK(world.record->counters.heartbeats_answered == 1);
  CHECK(world.record->counters.heartbeats_by_client == 0);
  CHECK(world.record->counters.answer_time.count() == 1);
}

SCENARIO("no heartbeat is lost while the heartbeat manager is being replaced") {
  test::session_world world;
  world.go_live();
  GIVEN("a manager that was killed") {
    process::kill(world.process("heartbeat_manager"));
    world.world.run();
    REQUIRE(world.process("heartbeat_manager") == nullptr);
    WHEN("the exchange asks") {
      world.link().peer_sends("test_request");
      world.world.run();
      THEN("the client answers by itself, and the next manager takes over") {
        CHECK(world.link().sent.back() == "test");
        CHECK(world.record->counters.heartbeats_by_client == 1);
        world.world.pass(1s);
        CHECK(world.process("heartbeat_manager") != nullptr);
        world.link().peer_sends("test_request");
        world.world.run();
        CHECK(world.record->counters.heartbeats_by_client == 1);
        CHECK(world.record->counters.heartbeats_answered == 2);
      }
    }
  }
  GIVEN("a manager that dies with the question in its mailbox") {
    world.link().peer_sends("test_request");
    process::kill(world.process("heartbeat_manager"));
    world.world.run();
    CHECK(world.link().sent.back() == "test");
    CHECK(world.record->counters.heartbeats_answered == 1);
  }
  CHECK(world.dials() == 1);
}

SCENARIO("a connection whose manager was killed is reconciled again on the same socket") {
  test::session_world world;
  world.go_live();
  process::kill(world.process("heartbeat_manager"));
  world.world.pass(1s);
  CHECK(world.phase() == phase::reconciling);
  world.answer_reconciliation({});
  CHECK(world.phase() == phase::live);
  CHECK(world.dials() == 1);
}

SCENARIO("a lost link is dialed again after a back-off, as often as it takes, and never tears the tree down") {
  test::session_world world;
  for (std::size_t dial = 1; dial <= 40; ++dial) {
    CAPTURE(dial);
    REQUIRE(world.dials() == dial);
    world.link().peer_closes(net::close_cause::refused);
    world.world.run();
    CHECK(world.phase() == phase::closed);
    CHECK(world.record->view().closed.cause == "refused");
    world.world.pass(1s);
  }
  CHECK(world.world.ended(world.supervisor) == std::nullopt);
  world.go_live();
  CHECK(world.phase() == phase::live);
}

SCENARIO("crashes of ours beyond the intensity end the connection's tree") {
  test::session_world world;
  for (int crash = 0; crash < 6; ++crash) {
    if (const auto client = world.process("exchange_client"))
      process::kill(client);
    world.world.pass(2s);
  }
  CHECK(world.world.ended(world.supervisor).has_value());
}

SCENARIO("refused credentials close the connection, and it rests for 30 s, unless a person wants it tried at once") {
  test::session_world world;
  world.link().peer_accepts();
  world.world.run();
  world.link().peer_sends("wrong key");
  world.world.run();
  CHECK(world.record->view().closed.cause == "refused");
  CHECK(world.verdicts == std::vector<std::string>{"acquitted"});
  CHECK(world.record->view().closed.text.starts_with(
      "invalid_credentials, at toy.test:443 (192.0.2.1); tried again in 30 s"));
  CHECK(world.notices->latest(session::fact::refused::kind, "retry_in_ms") == "30000");
  world.world.pass(10s);
  CHECK(world.dials() == 1);
  GIVEN("that nobody does anything") {
    world.world.pass(22s);
    CHECK(world.dials() == 2);
  }
  GIVEN("that it is restarted by hand, as its text says") {
    world.world.spawn_function("operator", [&](process::process_base& self) {
      self.request(world.supervisor, caf::infinite, supervision::replace_child{"exchange_client", {}})
          .then([](const supervision::management_report&) {}, [](const caf::error&) {});
      return caf::behavior{[](int) {}};
    });
    world.world.run();
    CHECK(world.dials() == 2);
  }
  GIVEN("that its client crashes while it waits") {
    process::kill(world.process("exchange_client"));
    world.world.pass(10s);
    CHECK(world.dials() == 1);
  }
}

SCENARIO("a connection is not dialed again before the time that the other side named") {
  test::session_world world;
  GIVEN("a server that refuses the upgrade and says when to come back") {
    world.link().peer_refuses(429, 10s);
    world.world.run();
    THEN("the news has the status and the wait, and the next dial comes after it") {
      CHECK(world.notices->latest(session::fact::link_closed::kind, "status") == "429");
      CHECK(world.notices->latest(session::fact::link_closed::kind, "retry_after_ms") == "10000");
      world.world.pass(9999ms);
      CHECK(world.dials() == 1);
      world.world.pass(1s);
      CHECK(world.dials() == 2);
    }
  }
  GIVEN("an exchange that says so in its answer to a login") {
    world.link().peer_accepts();
    world.world.run();
    world.link().peer_sends("wait 30");
    world.world.run();
    world.world.pass(29'999ms);
    CHECK(world.dials() == 1);
    world.world.pass(1s);
    CHECK(world.dials() == 2);
  }
  GIVEN("a server that asks for a day") {
    world.link().peer_refuses(503, 24h);
    world.world.run();
    world.world.pass(599s);
    CHECK(world.dials() == 1);
    world.world.pass(2s);
    CHECK(world.dials() == 2);
  }
}

SCENARIO("a login that cannot be read is told, and tried again: the file may be there the next time") {
  test::session_world world;
  world.go_live();
  world.lacks = "/run/key cannot be opened: No such file or directory";
  world.link().peer_closes(net::close_cause::reset);
  world.world.run();
  world.world.pass(150ms);
  CHECK(world.dials() == 1);
  CHECK(world.phase() == phase::closed);
  CHECK(world.notices->latest(session::fact::link_closed::kind, "close_cause") == "no_credentials");
  CHECK(world.notices->notices.back().cause.find("/run/key") != std::string::npos);
  CHECK(world.notices->last<session::fact::link_closed>().at_home); // a person must put it there
  world.lacks.clear();
  world.world.pass(2s);
  CHECK(world.dials() == 2);
  world.go_live();
  CHECK(world.phase() == phase::live);
}

SCENARIO("the credentials are those of the dial, however long it had to wait") {
  test::session_world world;
  GIVEN("a key that was refused, and is being replaced while it rests") {
    world.link().peer_accepts();
    world.world.run();
    world.link().peer_sends("wrong key");
    world.world.run();
    world.world.pass(10s);
    world.lacks = "/run/key cannot be opened: No such file or directory";
    world.world.pass(10s);
    CHECK(world.record->view().closed.cause == "refused");
    world.world.pass(11s);
    CHECK(world.record->view().closed.cause == "no_credentials");
    CHECK(world.dials() == 1);
  }
  GIVEN("a dial that waits for others of its address") {
    world.context->outside.dials = std::make_shared<session::dial_pace>(1, 5s);
    static_cast<void>(world.context->outside.dials->book(world.world.now().steady));
    world.go_live();
    world.link().peer_closes(net::close_cause::reset);
    world.world.pass(1s);
    world.lacks = "/run/key cannot be opened: No such file or directory";
    world.world.pass(2s);
    CHECK(world.record->view().closed.cause == "reset");
    world.world.pass(3s);
    CHECK(world.record->view().closed.cause == "no_credentials");
    CHECK(world.dials() == 1);
  }
}

SCENARIO("garbage is counted and told, and costs nothing else") {
  test::session_world world;
  world.go_live();
  world.link().peer_sends("garbage");
  world.world.run();
  CHECK(world.record->counters.protocol_faults == 1);
  CHECK(world.notices->latest(session::fact::protocol_fault::kind, "fault") == "not_json");
  CHECK(world.phase() == phase::live);
}

SCENARIO("what cannot be read is counted by kind, and one event a minute tells of each kind") {
  using venues::fault_kind;
  test::session_world world;
  world.go_live();
  const auto word = static_cast<std::size_t>(fault_kind::unknown_word);
  for (int i = 0; i < 10; ++i)
    world.peer_says(venues::protocol_fault{fault_kind::unknown_word, "no state", "{\"order_id\":1}", 3});
  world.peer_says(venues::protocol_fault{fault_kind::bad_number, "too fine"});
  CHECK(world.record->counters.protocol_faults == 31);
  CHECK(world.record->counters.faults_by_kind[word] == 30);
  CHECK(world.notices->count(session::fact::protocol_fault::kind) == 2);
  for (int i = 0; i < 7; ++i) {
    world.world.pass(10s);
    world.peer_says(venues::protocol_fault{fault_kind::unknown_word, "no state", "{\"order_id\":2}"});
  }
  CHECK(world.notices->count(session::fact::protocol_fault::kind) == 3);
  CHECK(world.notices->latest(session::fact::protocol_fault::kind, "text") == "{\"order_id\":2}");
  CHECK(world.notices->latest(session::fact::protocol_fault::kind, "count") == "33");
  CHECK(world.phase() == phase::live);
}

SCENARIO("an operator closes a connection once, and it comes back") {
  test::session_world world;
  world.go_live();
  process::tell_anonymous(world.record->client(), session::close_connection{"test"});
  world.world.run();
  CHECK(world.record->view().closed.cause == "closed by operator");
  world.world.pass(1s);
  world.go_live();
  CHECK(world.phase() == phase::live);
  CHECK(world.dials() == 2);
}

SCENARIO("a stop drains: the link is closed in good order, so that the exchange cancels what it carried") {
  test::session_world world;
  world.go_live();
  process::ask_to_stop(world.supervisor);
  world.world.run();
  CHECK(world.phase() == phase::draining);
  CHECK(world.link().close_code == 1001);
  world.link().peer_closes(net::close_cause::by_us);
  world.world.run();
  CHECK(world.phase() == phase::closed);
  CHECK(world.world.ended(world.supervisor).has_value());
}

SCENARIO("without cancel-on-disconnect a stop logs out, so that the exchange keeps the orders") {
  auto config = test::session_world::standard();
  config.cancel_on_disconnect = false;
  test::session_world world{config};
  world.go_live();
  process::ask_to_stop(world.supervisor);
  world.world.run();
  CHECK(world.link().sent.back() == "logout");
}

SCENARIO("a peer that does not answer the close delays a stop by the drain limit and no more") {
  test::session_world world;
  world.go_live();
  process::ask_to_stop(world.supervisor);
  world.world.run();
  world.world.pass(world.context->config.drain_max);
  CHECK(world.world.ended(world.supervisor).has_value());
}

SCENARIO("frames that still come while the link is being closed start no second close") {
  auto config = test::session_world::standard();
  config.cancel_on_disconnect = false;
  test::session_world world{config};
  world.go_live();
  process::ask_to_stop(world.supervisor);
  world.world.run();
  for (int i = 0; i < 3; ++i) {
    world.link().peer_sends("garbage");
    world.world.run();
  }
  CHECK(std::count(world.link().sent.begin(), world.link().sent.end(), "logout") == 1);
}

SCENARIO("a connection that is live again says how long it was away: since the first close after it was live") {
  test::session_world world;
  world.go_live();
  CHECK_FALSE(world.notices->last<session::fact::phase_changed>().away.has_value()); // it was never lost
  const auto lost = world.world.now().steady;
  world.link().peer_closes(net::close_cause::reset);
  world.world.pass(2s);
  REQUIRE(world.dials() == 2);
  world.link().peer_closes(net::close_cause::refused);
  CHECK_FALSE(world.notices->last<session::fact::link_closed>().at_home);
  world.world.pass(2s);
  REQUIRE(world.dials() == 3);
  world.go_live();
  CHECK(world.notices->last<session::fact::phase_changed>().away == world.world.now().steady - lost);
  WHEN("its gate is replaced, which costs it no link") {
    process::kill(world.process("order_gate"));
    world.world.pass(1s);
    world.answer_reconciliation({});
    REQUIRE(world.phase() == phase::live);
    CHECK_FALSE(world.notices->last<session::fact::phase_changed>().away.has_value());
  }
}
