#include "tests/actors/session/toy_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using session::phase;
using test::toy_world;
namespace toy = test::toy;

// A lane that is reached only with a key, which the machine asks for by HTTP.

namespace {

struct keyed_world : toy_world {
  keyed_world() : toy_world{nullptr, toy::keyed_description()} {}
};

net::http_outcome page(int status, std::string body, std::chrono::milliseconds retry_after = 0ms) {
  return net::http_reply_read{status, std::move(body), retry_after};
}

net::http_outcome nothing(std::string why) {
  return base::failure{net::http_failure{net::http_fault::timed_out, std::move(why), true}};
}

} // namespace

SCENARIO("a lane for later is dialed where an HTTP answer leads, and the connection is live with it") {
  keyed_world world;
  CHECK(world.dialed == std::vector<std::string>{"/trade"});
  CHECK(world.calls.empty());
  world.accept();
  CHECK(world.phase() == phase::authenticating);
  REQUIRE(world.calls.size() == 1);
  const auto& asked = world.calls.front().request;
  CHECK(asked.method == "POST");
  CHECK(asked.target == "/key");
  CHECK(asked.headers == std::vector<std::pair<std::string, std::string>>{{"X-KEY", "key"}});
  world.answer_calls();
  CHECK(world.dialed == std::vector<std::string>{"/trade", "/news?key=K1"});
  CHECK(world.phase() == phase::authenticating);
  world.accept();
  CHECK(world.phase() == phase::live);

  WHEN("it is lost") {
    world.lane(toy::news).end();
    world.world.run();
    CHECK(world.phase() != phase::live);
    world.world.pass(200ms);
    world.go_live();
    THEN("the next connection asks for a key of its own") {
      CHECK(world.dialed.back() == "/news?key=K2");
      CHECK(world.record->counters.lives == 2);
    }
  }
  WHEN("orders are placed") {
    session::place_order order;
    order.instrument = "BTC";
    order.amount = base::decimal::from_raw(1'00000000);
    order.price = base::decimal::from_raw(50'000'00000000);
    const auto answer = world.ask(order);
    REQUIRE(answer->has_value());
    CHECK((*answer)->outcome == session::outcome::done);
  }
}

SCENARIO("a lane for later that cannot be dialed ends the connection") {
  keyed_world world;
  world.accept();
  world.answer_calls();
  world.lane(toy::news).end();
  world.world.run();
  CHECK(world.phase() != phase::live);
  CHECK(world.notices->latest(session::fact::link_closed::kind, "close_cause") == "reset");
}

SCENARIO("an HTTP answer that gives no key ends the connection, for good only where the exchange says so") {
  struct {
    net::http_outcome answer;
    const char* cause;
    const char* text;
  } const cases[]{{page(401, "who are you?"), "refused", "who are you?"},
                  {page(503, ""), "unavailable", "503"},
                  {page(200, "K1\r\nX: y"), "unavailable", "none"},
                  {page(200, ""), "unavailable", "none"},
                  {nothing("no answer within 5000 ms"), "unavailable", "within 5000 ms"}};

  for (const auto& one : cases) {
    CAPTURE(one.text);
    keyed_world world;
    world.accept();
    REQUIRE(world.calls.size() == 1);
    world.calls.front().done(one.answer);
    world.world.run();
    CHECK(world.dialed.size() == 1);
    CHECK(world.notices->latest(session::fact::link_closed::kind, "close_cause") == one.cause);
    CHECK(world.record->view().closed.text.find(one.text) != std::string::npos);
  }
}

SCENARIO("an exchange that answers busy is left alone for as long as it says") {
  keyed_world world;
  world.accept();
  world.calls.front().done(page(429, "", 7s));
  world.world.run();
  world.world.pass(6900ms);
  CHECK(world.dialed.size() == 1);
  world.world.pass(200ms);
  CHECK(world.dialed.size() == 2);
}

SCENARIO("a request that nobody answers ends the set-up by its deadline") {
  keyed_world world;
  world.accept();
  world.world.pass(4900ms);
  CHECK(world.phase() == phase::authenticating);
  CHECK(world.open_calls() == 1);
  world.world.pass(200ms);
  CHECK(world.notices->latest(session::fact::link_closed::kind, "close_cause") == "unavailable");
}

SCENARIO("HTTP requests are dropped with their connection") {
  keyed_world world;
  world.accept();
  CHECK(world.calls.front().may_write());
  SUBCASE("because a lane is lost") {
    world.lane(toy::trade).end();
  }
  SUBCASE("because it is stopped") {
    process::ask_to_stop(world.supervisor);
  }
  world.world.run();
  CHECK(world.open_calls() == 0);
  CHECK(world.dialed.size() == 1);
}

SCENARIO("a client that was fenced has no request written any more") {
  keyed_world world;
  world.accept();
  REQUIRE(world.calls.front().may_write());
  for (const auto& live : world.world.services().live())
    if (live.label == world.context->config.path + "/exchange_client")
      caf::actor_cast<process::process_base*>(live.handle)->fence();
  CHECK_FALSE(world.calls.front().may_write());
}

SCENARIO("the key is renewed while the connection is live; a renewal that fails is told, and tried again") {
  keyed_world world;
  world.go_live();
  world.world.pass(29min);
  CHECK(world.calls.size() == 1);
  world.world.pass(1min);
  REQUIRE(world.calls.size() == 2);
  CHECK(world.calls.back().request.method == "PUT");
  WHEN("it is answered") {
    world.answer_calls();
    CHECK(world.exchange.renewals == 1);
    world.world.pass(30min);
    CHECK(world.calls.size() == 3);
    CHECK(world.notices->count(session::fact::upkeep_failed::kind) == 0);
  }
  WHEN("it is refused") {
    world.exchange.serves = toy::exchange::page{503};
    world.answer_calls();
    CHECK(world.notices->count(session::fact::upkeep_failed::kind) == 1);
    world.world.pass(1min);
    CHECK(world.calls.size() == 3);
  }
  WHEN("it is not answered") {
    world.world.pass(6s);
    CHECK(world.notices->count(session::fact::upkeep_failed::kind) == 1);
  }
  CHECK(world.phase() == phase::live);
  CHECK(world.record->counters.lives == 1);
}

SCENARIO("a machine has a few HTTP requests under way and no more, and a number is free again once it was answered") {
  toy_world world; // for its thread and time
  auto owner = world.world.spawn_function("owner", [](process::process_base&) { return caf::behavior{[](int) {}}; });
  session::http_calls calls{*caf::actor_cast<caf::abstract_actor*>(owner)};
  const session::call_maker make = [](const venues::http_request&, std::function<bool()>,
                                      std::function<void(net::http_outcome)>) {
    struct nobody final : net::http_ask {};

    return std::make_unique<nobody>();
  };
  const auto ask = [&](venues::request_id id) {
    venues::http_request wanted;
    wanted.request = id;
    return calls.ask(wanted, make, [] { return true; });
  };
  for (venues::request_id id = 1; id <= venues::http_requests_max; ++id)
    CHECK(ask(id));
  CHECK_FALSE(ask(100));
  CHECK(calls.size() == venues::http_requests_max);
  CHECK(calls.took(2));
  CHECK_FALSE(calls.took(2));
  CHECK(ask(2));
  CHECK_FALSE(ask(101));
  calls.drop();
  CHECK(calls.size() == 0);
  CHECK_FALSE(calls.ask({}, {}, [] { return true; })); // nothing makes requests here
}
