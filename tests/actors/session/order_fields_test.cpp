#include "runtime/process/control.hpp"
#include "tests/actors/session/session_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using base::decimal;
using session::outcome;
using venues::disposition;
using venues::order_report;
using venues::order_state;

namespace {

decimal whole(std::int64_t number) {
  return decimal::from_raw(number * decimal::one);
}

session::place_order wanted() {
  session::place_order order;
  order.instrument = "BTC-PERPETUAL";
  order.amount = whole(10);
  order.price = whole(50'000);
  return order;
}

order_report report(const std::string& label, order_state state, std::int64_t filled = 0) {
  order_report said;
  said.label = label;
  said.order_id = "o1";
  said.state = state;
  said.amount = whole(10);
  said.price = whole(50'000);
  said.filled = whole(filled);
  said.updated_ms = 1 + filled;
  return said;
}

/// A live connection with one order that rests.
struct resting_world : test::session_world {
  explicit resting_world(session::place_order order = wanted(), session::session_config config = standard())
      : session_world{std::move(config)} {
    go_live();
    const auto answer = ask_gate(std::move(order));
    label = machine().placed.back().label;
    peer_says(venues::order_accepted{request("place"), report(label, order_state::open), {}});
    REQUIRE((*answer)->outcome == outcome::done);
  }

  [[nodiscard]] bool in_doubt() const {
    const auto* known = context->orders.find(label);
    return known != nullptr && known->certainty == session::certainty::in_doubt;
  }

  std::string label;
};

} // namespace

SCENARIO("an order goes out as it was asked for, in every field") {
  test::session_world world;
  world.go_live();
  session::place_order order;
  order.instrument = "ETH-PERPETUAL";
  order.side = venues::side::sell;
  order.kind = venues::order_kind::market;
  order.amount = whole(7);
  order.price = whole(8);
  order.tif = venues::time_in_force::immediate_or_cancel;
  WHEN("it is reduce-only") {
    order.reduce_only = true;
  }
  WHEN("it is post-only") {
    order.post_only = true;
  }
  world.ask_gate(order);
  REQUIRE(world.machine().placed.size() == 1);
  const auto& sent = world.machine().placed[0];
  CHECK(sent.instrument == order.instrument);
  CHECK(sent.side == order.side);
  CHECK(sent.kind == order.kind);
  CHECK(sent.amount == order.amount);
  CHECK(sent.price == order.price);
  CHECK(sent.tif == order.tif);
  CHECK(sent.post_only == order.post_only);
  CHECK(sent.reduce_only == order.reduce_only);
  CHECK(sent.valid_until_ms == base::to_unix_ms(world.world.now().wall) + 5000);
}

SCENARIO("an edit carries what is new, and what the order was placed with") {
  auto order = wanted();
  WHEN("that was post-only") {
    order.post_only = true;
  }
  WHEN("that was reduce-only") {
    order.reduce_only = true;
  }
  resting_world world{order};
  world.world.pass(1s);
  world.ask_gate(session::edit_order{world.label, whole(20), whole(3)});
  REQUIRE(world.machine().edited.size() == 1);
  const auto& sent = world.machine().edited[0];
  CHECK(sent.order_id == "o1");
  CHECK(sent.amount == whole(20));
  CHECK(sent.price == whole(3));
  CHECK(sent.post_only == order.post_only);
  CHECK(sent.reduce_only == order.reduce_only);
  CHECK(sent.valid_until_ms == base::to_unix_ms(world.world.now().wall) + 5000); // a fence of its own
}

SCENARIO("what the exchange has not confirmed can be neither edited nor cancelled, and that costs nothing") {
  test::session_world world;
  world.go_live();
  world.ask_gate(wanted());
  const auto label = world.machine().placed.back().label;
  const auto left = world.context->spending.matching_left(world.world.now().steady);
  const auto edited = world.ask_gate(session::edit_order{label, whole(20), whole(3)});
  const auto cancelled = world.ask_gate(session::cancel_order{label});
  REQUIRE(edited->has_value());
  REQUIRE(cancelled->has_value());
  CHECK((*edited)->outcome == outcome::refused);
  CHECK((*cancelled)->outcome == outcome::refused);
  CHECK((*cancelled)->text.find("not confirmed") != std::string::npos);
  CHECK(world.machine().edited.empty());
  CHECK(world.request("cancel") == 0);
  CHECK(world.context->spending.matching_left(world.world.now().steady) == left);
}

SCENARIO("an edit that the exchange refuses leaves the order as it was, and says so") {
  resting_world world;
  const auto answer = world.ask_gate(session::edit_order{world.label, whole(20), whole(3)});
  world.peer_says(venues::request_failed{world.request("edit"), 10009, disposition::reject, "not_enough_funds"});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::refused);
  CHECK((*answer)->code == 10009);
  CHECK((*answer)->order.order_id == "o1");
  CHECK((*answer)->order.price == whole(50'000));
  CHECK(world.context->orders.live_count() == 1);
  CHECK_FALSE(world.in_doubt());
}

SCENARIO("an edit or a cancel whose answer is lost leaves the order in doubt, and it is asked about") {
  resting_world world;
  std::string word;
  std::shared_ptr<std::optional<session::order_outcome>> answer;
  SUBCASE("an edit") {
    word = "edit";
    answer = world.ask_gate(session::edit_order{world.label, whole(20), whole(3)});
  }
  SUBCASE("a cancel") {
    word = "cancel";
    answer = world.ask_gate(session::cancel_order{world.label});
  }
  world.peer_says(venues::request_failed{world.request(word), 0, disposition::unknown, "no answer in time"});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == outcome::in_doubt);
  CHECK((*answer)->order.label == world.label);
  CHECK(world.in_doubt());
  CHECK(world.notices->count(session::fact::order_in_doubt::kind) == 1);
  world.world.pass(1s);
  CHECK(world.request("label " + world.label) != 0);
}

SCENARIO("a cancel whose answer is lost is done if the stream has told the end; an edit is not, whatever ended") {
  resting_world world;
  std::shared_ptr<std::optional<session::order_outcome>> answer;
  std::string word;
  auto expected = outcome::done;
  SUBCASE("a cancel") {
    word = "cancel";
    answer = world.ask_gate(session::cancel_order{world.label});
  }
  SUBCASE("an edit") {
    word = "edit";
    answer = world.ask_gate(session::edit_order{world.label, whole(20), whole(3)});
    expected = outcome::in_doubt;
  }
  world.peer_says(venues::order_updated{report(world.label, order_state::cancelled)});
  world.peer_says(venues::request_failed{world.request(word), 0, disposition::unknown, "no answer in time"});
  REQUIRE(answer->has_value());
  CHECK((*answer)->outcome == expected);
  CHECK((*answer)->order.state == order_state::cancelled);
}

SCENARIO("an edit that met no open order leaves it in doubt; an order that was not there is refused") {
  resting_world world;
  WHEN("it was an edit") {
    const auto answer = world.ask_gate(session::edit_order{world.label, whole(20), whole(3)});
    world.peer_says(venues::request_failed{world.request("edit"), 10004, disposition::gone, "order_not_found"});
    CHECK((*answer)->outcome == outcome::refused);
    CHECK(world.in_doubt());
  }
  WHEN("it was a new order") {
    const auto answer = world.ask_gate(wanted());
    const auto label = world.machine().placed.back().label;
    world.peer_says(venues::request_failed{world.request("place"), 10004, disposition::gone, "order_not_found"});
    CHECK((*answer)->outcome == outcome::refused);
    CHECK(world.context->orders.find(label) == nullptr);
  }
}

SCENARIO("an exchange that says the budget is gone is believed: nothing is sent before some is back") {
  resting_world world;
  world.ask_gate(wanted());
  world.peer_says(venues::request_failed{world.request("place"), 10028, disposition::back_off, "too_many_requests"});
  CHECK(world.context->spending.matching_left(world.world.now().steady) == 0);
  const auto sent = world.machine().placed.size();
  world.ask_gate(wanted());
  CHECK(world.machine().placed.size() == sent);
}

SCENARIO("an order beyond the table's room is refused, and gives back its place and its credit") {
  auto config = test::session_world::standard();
  config.orders.live_max = 1;
  resting_world world{wanted(), config};
  const auto left = world.context->spending.matching_left(world.world.now().steady);
  for (std::size_t i = 0; i <= config.gate.in_flight_max; ++i) {
    const auto refused = world.ask_gate(wanted());
    REQUIRE(refused->has_value());
    CHECK((*refused)->outcome == outcome::refused);
    CHECK((*refused)->text.find("as many orders as it may") != std::string::npos);
  }
  CHECK(world.machine().placed.size() == 1);
  CHECK(world.context->spending.matching_left(world.world.now().steady) == left);
}

SCENARIO("fills that come with an answer are told, each once, whoever tells them again") {
  test::session_world world;
  world.go_live();
  world.ask_gate(wanted());
  const auto label = world.machine().placed.back().label;
  venues::fill_report fill;
  fill.trade_id = "t1";
  fill.label = label;
  fill.price = whole(5);
  fill.amount = whole(2);
  world.peer_says(venues::order_accepted{world.request("place"), report(label, order_state::open, 2), {fill}});
  world.peer_says(venues::filled{fill});
  CHECK(world.notices->count(session::fact::fill_seen::kind) == 1);
  CHECK(world.notices->latest(session::fact::fill_seen::kind, "trade_id") == "t1");
  CHECK(world.notices->latest(session::fact::fill_seen::kind, "price") == "5");
  CHECK(world.notices->latest(session::fact::fill_seen::kind, "amount") == "2");
}

SCENARIO("a request that the machine does not take was not sent: it is refused, and its place and credit are back") {
  resting_world world;
  const auto left = [&] { return world.context->spending.matching_left(world.world.now().steady); };
  const auto before = left();
  world.machine().full = true;
  const auto most = world.context->config.gate.in_flight_max;
  for (std::size_t i = 0; i <= most; ++i) {
    const auto placed = world.ask_gate(wanted());
    REQUIRE(placed->has_value());
    CHECK((*placed)->outcome == outcome::refused);
    CHECK((*placed)->text.find("nothing was sent") != std::string::npos);
  }
  const auto cancelled = world.ask_gate(session::cancel_order{world.label});
  REQUIRE(cancelled->has_value());
  CHECK((*cancelled)->outcome == outcome::refused);
  CHECK(world.context->orders.live_count() == 1); // the one that rests
  CHECK(left() == before);
}

SCENARIO("a second order under a label of ours is cancelled by its id, wherever it shows") {
  resting_world world;
  auto second = report(world.label, order_state::open);
  second.order_id = "o2";
  WHEN("the stream tells of it") {
    world.peer_says(venues::order_updated{second});
  }
  WHEN("the list of open orders has it") {
    process::kill(world.process("order_gate"));
    world.world.pass(1s);
    world.answer_reconciliation({report(world.label, order_state::open), second});
  }
  CHECK(world.request("cancel o2") != 0);
  CHECK(world.request("cancel o1") == 0);
  CHECK(world.notices->latest(session::fact::order_in_doubt::kind, "order_id") == "o2");
  CHECK(world.context->orders.find(world.label)->report.order_id == "o1");
}

SCENARIO("what the stream tells twice is told on once") {
  resting_world world;
  const auto told = world.notices->count(session::fact::order_changed::kind);
  world.peer_says(venues::order_updated{report(world.label, order_state::open, 2)});
  world.peer_says(venues::order_updated{report(world.label, order_state::open, 2)});
  CHECK(world.notices->count(session::fact::order_changed::kind) == told + 1);
  venues::fill_report fill;
  fill.trade_id = "t1";
  world.peer_says(venues::filled{fill});
  world.peer_says(venues::filled{fill});
  CHECK(world.notices->count(session::fact::fill_seen::kind) == 1);
}

SCENARIO("news that names an order by its id only is told with its label") {
  resting_world world;
  auto nameless = report("", order_state::open, 2);
  nameless.lacks = venues::field_label;
  world.peer_says(venues::order_updated{nameless});
  CHECK(world.notices->latest(session::fact::order_changed::kind, "label") == world.label);
  CHECK(world.notices->latest(session::fact::order_changed::kind, "filled") == "2");
}

SCENARIO("a cancel that waits for the budget is not sent when its order ends meanwhile") {
  resting_world world;
  world.context->outside.budget->drain(world.world.now().steady);
  const auto cancelled = world.ask_gate(session::cancel_order{world.label});
  CHECK_FALSE(cancelled->has_value());
  world.peer_says(venues::order_updated{report(world.label, order_state::filled, 10)});
  world.world.pass(2s);
  REQUIRE(cancelled->has_value());
  CHECK((*cancelled)->outcome == outcome::refused);
  CHECK(world.request("cancel") == 0);
  CHECK(world.context->spending.matching_left(world.world.now().steady) > 0);
}

SCENARIO("what cannot be cancelled or edited is refused at once, even while the budget is spent") {
  resting_world world;
  world.context->outside.budget->drain(world.world.now().steady);
  const auto cancelled = world.ask_gate(session::cancel_order{"nobody"});
  REQUIRE(cancelled->has_value());
  CHECK((*cancelled)->outcome == outcome::refused);
  world.world.pass(1min);
  const auto edited = world.ask_gate(session::edit_order{"nobody", whole(1), whole(1)});
  REQUIRE(edited->has_value());
  CHECK((*edited)->text.find("nobody") != std::string::npos);
}

SCENARIO("a gate that is asked to stop takes nothing new, and waits for answers, but not for ever") {
  resting_world world;
  const auto answer = world.ask_gate(wanted());
  const auto label = world.machine().placed.back().label;
  const auto gate = world.process("order_gate");
  process::ask_to_stop(gate);
  world.world.run();
  CHECK_FALSE(answer->has_value());
  WHEN("the answer comes") {
    world.peer_says(venues::order_accepted{world.request("place"), report(label, order_state::open), {}});
    REQUIRE(answer->has_value());
    CHECK((*answer)->outcome == outcome::done);
    CHECK(world.context->gate != gate);
  }
  WHEN("it does not") {
    world.world.pass(1999ms);
    CHECK_FALSE(answer->has_value());
    world.world.pass(2ms);
    REQUIRE(answer->has_value());
    CHECK((*answer)->outcome == outcome::in_doubt);
    CHECK((*answer)->order.label == label);
    CHECK(world.context->orders.find(label)->certainty == session::certainty::in_doubt);
  }
}
