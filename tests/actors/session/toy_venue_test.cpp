#include "tests/actors/session/toy_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using session::outcome;
using session::phase;
using test::toy_world;
namespace toy = test::toy;

// A second venue under the real supervisor, client, manager and gate: two lanes, pings of the client, and answers that
// are no more than acknowledgements.

namespace {

session::place_order buy() {
  session::place_order order;
  order.instrument = "BTC";
  order.amount = base::decimal::from_raw(1'00000000);
  order.price = base::decimal::from_raw(50'000'00000000);
  return order;
}

venues::order_report open_order(const std::string& label, const std::string& id) {
  venues::order_report order;
  order.label = label;
  order.order_id = id;
  order.instrument = "BTC";
  order.state = venues::order_state::open;
  order.amount = base::decimal::from_raw(1'00000000);
  return order;
}

toy::frame news_of(const venues::order_report& order) {
  return {toy::news, "order " + toy::write_order(order)};
}

session::edit_order edit_of(const std::string& label) {
  return {label, base::decimal::from_raw(2'00000000), base::decimal::from_raw(51'000'00000000)};
}

} // namespace

SCENARIO("a connection with two lanes begins when both are open") {
  toy_world world;
  CHECK(world.dialed == std::vector<std::string>{"/trade", "/news"});
  world.lane(toy::news).accept();
  world.world.run();
  CHECK(world.phase() == phase::dialing);
  CHECK(world.exchange.requests == 0);
  world.lane(toy::trade).accept();
  world.world.run();
  CHECK(world.phase() == phase::live);
  CHECK(world.exchange.channels == std::vector<std::string>{"orders", "ticks"});
}

SCENARIO("with either lane the whole connection ends, and comes back with both") {
  for (const auto lane : {toy::trade, toy::news}) {
    CAPTURE(lane);
    toy_world world;
    world.go_live();
    world.lane(lane).end();
    world.world.run();
    CHECK(world.phase() != phase::live);
    world.world.pass(200ms);
    REQUIRE(world.dialed.size() == 4);
    world.go_live();
    CHECK(world.record->counters.lives == 2);
  }
}

SCENARIO("a lane that is lost before the other is open ends the dial") {
  toy_world world;
  world.lane(toy::trade).accept();
  world.lane(toy::news).end();
  world.world.run();
  world.world.pass(200ms);
  CHECK(world.dialed.size() == 4);
  CHECK(world.exchange.requests == 0);
}

SCENARIO("each lane is a dial, where the pace of dials is limited") {
  toy_world world{std::make_shared<session::dial_pace>(1, 100ms)};
  CHECK(world.dialed.empty());
  world.world.pass(99ms);
  CHECK(world.dialed.empty());
  world.world.pass(1ms);
  CHECK(world.dialed.size() == 2);
}

SCENARIO("a connection that is stopped ends when each of its lanes has closed in good order") {
  toy_world world;
  world.go_live();
  for (const auto lane : {toy::trade, toy::news})
    world.lane(lane).closes_at_once = false;
  process::ask_to_stop(world.supervisor);
  world.world.run();
  CHECK(world.lane(toy::trade).closing);
  CHECK(world.lane(toy::news).closing);
  world.lane(toy::trade).closed();
  world.world.run();
  CHECK(world.phase() == phase::draining);
  WHEN("the other closes too") {
    world.lane(toy::news).closed();
    world.world.run();
    CHECK(world.phase() == phase::closed);
    CHECK(world.world.ended(world.supervisor).has_value());
  }
  WHEN("the other does not") {
    world.world.pass(2s);
    CHECK(world.phase() == phase::closed);
    CHECK(world.world.ended(world.supervisor).has_value());
  }
}

SCENARIO("a lane that is lost while answers are awaited ends a stop") {
  toy_world world;
  world.go_live();
  world.exchange.answers = false;
  const auto placed = world.ask(buy());
  process::ask_to_stop(world.supervisor);
  world.world.pass(2s); // the gate waits for the answer too, and first
  CHECK(world.phase() == phase::draining);
  CHECK(!world.lane(toy::trade).closing);
  world.lane(toy::news).end();
  world.world.run();
  CHECK(world.phase() == phase::closed);
  REQUIRE(placed->has_value());
  CHECK((*placed)->outcome == outcome::in_doubt);
}

SCENARIO("the machine pings both lanes at its interval, and the connection lives on that alone") {
  toy_world world;
  world.go_live();
  world.world.pass(10min);
  CHECK(world.phase() == phase::live);
  CHECK(world.record->counters.lives == 1);
  CHECK(world.exchange.pings.at(toy::trade) >= 59);
  CHECK(world.exchange.pings.at(toy::news) >= 59);
  CHECK(world.record->counters.heartbeats_missed == 0);
}

SCENARIO("a lane that answers no ping is found out, though the other one answers") {
  toy_world world;
  world.go_live();
  world.exchange.answers_pings.at(toy::news) = false;
  world.world.pass(16s);
  CHECK(world.phase() != phase::live);
  CHECK(world.notices->latest(session::fact::link_closed::kind, "close_cause") == "unavailable");
}

SCENARIO("a ping of the WebSocket protocol reaches the machine, with its lane") {
  toy_world world;
  world.go_live();
  for (int i = 0; i < 1000; ++i)
    world.lane(toy::news).ping(); // before anybody has read the first
  world.world.run();
  CHECK(world.market->said == std::vector<std::string>{"ping=news"});
  world.lane(toy::trade).ping();
  world.world.run();
  CHECK(world.market->said == std::vector<std::string>{"ping=news", "ping=trade"});
}

SCENARIO("news of either kind reach those who listen") {
  toy_world world;
  world.go_live();
  world.say({{toy::news, "quote ticks 17"}});
  world.world.run();
  CHECK(world.market->said == std::vector<std::string>{"ticks=17"});
}

SCENARIO("labels are such as the venue takes") {
  toy_world world;
  world.go_live();
  const auto answer = world.ask(buy());
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::done);
  CHECK((*answer)->order.label == "alpha-1_1m3250v00_1");
}

SCENARIO("news of an order that an earlier run had placed, by its label, take it in") {
  toy_world world;
  world.go_live();
  world.say({news_of(open_order("alpha-1_1m31zzzzz_7", "T77")),    // of another birth
             news_of(open_order("alpha-12_1m31zzzzz_7", "T78"))}); // of another connection
  world.world.run();
  CHECK(world.context->orders.find("alpha-1_1m31zzzzz_7") != nullptr);
  CHECK(world.context->orders.live_count() == 1);
}

SCENARIO("an order request that is only acknowledged is answered with what the news tell of it") {
  for (const bool early : {false, true}) {
    CAPTURE(early);
    toy_world world;
    world.exchange.tells_early = early;
    world.go_live();
    const auto placed = world.ask(buy());
    REQUIRE(placed->has_value());
    CHECK((*placed)->outcome == outcome::done);
    CHECK((*placed)->order.order_id == "T1");
    CHECK((*placed)->order.state == venues::order_state::open);
    const auto label = (*placed)->order.label;

    const auto edited = world.ask(edit_of(label));
    REQUIRE(edited->has_value());
    CHECK((*edited)->outcome == outcome::done);
    CHECK((*edited)->order.amount == base::decimal::from_raw(2'00000000));

    const auto cancelled = world.ask(session::cancel_order{label});
    REQUIRE(cancelled->has_value());
    CHECK((*cancelled)->outcome == outcome::done);
    CHECK((*cancelled)->order.state == venues::order_state::cancelled);
  }
}

SCENARIO("an order that was taken and then rejected is refused") {
  toy_world world;
  world.exchange.rejects_late = true;
  world.go_live();
  const auto answer = world.ask(buy());
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::refused);
  CHECK((*answer)->order.state == venues::order_state::rejected);
}

SCENARIO("an edit of an order that is over by then is refused") {
  toy_world world;
  world.go_live();
  const auto placed = world.ask(buy());
  REQUIRE(placed->has_value());
  const auto label = (*placed)->order.label;
  world.exchange.tells = false;
  const auto edited = world.ask(edit_of(label));
  CHECK(!edited->has_value());
  world.say(world.exchange.fill(label, 1'790'000'000'500));
  world.world.run();
  REQUIRE(edited->has_value());
  CHECK((*edited)->outcome == outcome::refused);
  CHECK((*edited)->order.state == venues::order_state::filled);
}

SCENARIO("an acknowledged order of which nothing is told is in doubt, asked about, and known in the end") {
  toy_world world;
  world.go_live();
  world.exchange.tells = false;
  const auto answer = world.ask(buy());
  world.world.pass(4900ms);
  CHECK(!answer->has_value());
  world.world.pass(200ms);
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  CHECK((*answer)->text.find("acknowledged") != std::string::npos);
  world.world.pass(10s);
  const auto label = (*answer)->order.label;
  const auto* known = world.context->orders.find(label);
  REQUIRE(known != nullptr);
  CHECK(known->certainty == session::certainty::sure);
  CHECK(known->report.state == venues::order_state::open);
  WHEN("it can be cancelled then") {
    world.exchange.tells = true;
    const auto cancelled = world.ask(session::cancel_order{label});
    REQUIRE(cancelled->has_value());
    CHECK((*cancelled)->outcome == outcome::done);
  }
}

SCENARIO("an acknowledged order that is only presumed over is in doubt, not done") {
  toy_world world;
  world.go_live();
  world.exchange.tells = false;
  const auto answer = world.ask(buy());
  REQUIRE(world.context->orders.live_count() == 1);
  const auto label = world.context->orders.live().front().request.label;
  world.context->orders.doubt(label);
  world.context->orders.forgotten(label);
  world.say({news_of(open_order("alien", "T9"))});
  world.world.run();
  CHECK(!answer->has_value());
  world.world.pass(5s);
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
}

SCENARIO("acknowledged orders without news count as unanswered, and so are bounded") {
  toy_world world;
  world.go_live();
  world.exchange.tells = false;
  std::vector<std::shared_ptr<std::optional<session::order_outcome>>> answers;
  for (int i = 0; i < 200; ++i) {
    answers.push_back(world.ask(buy()));
    world.world.pass(20ms);
  }
  CHECK(world.exchange.orders.size() == world.context->config.gate.in_flight_max);
  std::size_t refused = 0;
  for (const auto& one : answers)
    refused += one->has_value() && (*one)->outcome == outcome::refused ? 1 : 0;
  CHECK(refused == 200 - world.context->config.gate.in_flight_max);
}

SCENARIO("what an acknowledged order became while the connection was away is found out") {
  toy_world world;
  world.go_live();
  world.exchange.tells = false;
  const auto answer = world.ask(buy());
  world.lane(toy::news).end();
  world.world.run();
  REQUIRE(answer->has_value()); // at once: nothing can tell of it any more
  CHECK((*answer)->outcome == outcome::in_doubt);
  world.world.pass(200ms);
  world.go_live();
  const auto* known = world.context->orders.find((*answer)->order.label);
  REQUIRE(known != nullptr);
  CHECK(known->certainty == session::certainty::sure);
}
