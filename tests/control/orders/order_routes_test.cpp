#include "actors/session/order_table.hpp"
#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using session::order_outcome;
using session::outcome;
using test::api_rig;

namespace {

constexpr auto order =
    R"({"connection":"alpha","instrument":"BTC-PERPETUAL","side":"buy","amount":"10","price":"50000.5"})";

venues::order_report open_order() {
  venues::order_report report;
  report.label = "n1";
  report.order_id = "USD-7";
  report.instrument = "BTC-PERPETUAL";
  report.state = venues::order_state::open;
  report.amount = base::decimal::from_raw(10 * base::decimal::one);
  report.price = base::decimal::from_raw(5'000'050'000'000);
  return report;
}

/// A rig with a connection whose gate answers every order with `answer`.
struct order_rig : api_rig {
  explicit order_rig(order_outcome answer) {
    connection("alpha", session::phase::live);
    actions.place_order = [this, answer](const std::string& name, const session::place_order& placed, auto deadline,
                                         const control::completion<order_outcome>& finish) {
      heard = name + " " + placed.instrument + " " + placed.price.to_string() + " " + std::to_string(deadline.count());
      finish(answer);
    };
    actions.edit_order = [this, answer](const std::string&, const session::edit_order& edit, auto,
                                        const control::completion<order_outcome>& finish) {
      heard = edit.label + " " + edit.amount.to_string() + " " + edit.price.to_string();
      finish(answer);
    };
    actions.cancel_order = [this, answer](const std::string&, const session::cancel_order& cancel, auto,
                                          const control::completion<order_outcome>& finish) {
      heard = cancel.label_or_id;
      finish(answer);
    };
  }

  std::string heard;
};

} // namespace

SCENARIO("an order that the exchange took is answered as it stands") {
  order_rig rig{{outcome::done, open_order(), 0, ""}};
  const auto answer = rig.ask("POST", "/api/v1/orders?timeout_ms=300", order);
  CHECK(rig.heard == "alpha BTC-PERPETUAL 50000.5 300");
  CHECK(answer->response.status == 200);
  CHECK(answer->at("/outcome") == "done");
  CHECK(answer->at("/order/order_id") == "USD-7");
  CHECK(answer->at("/order/state") == "open");
  CHECK(answer->at("/order/amount") == "10");
  CHECK(answer->at("/order/price") == "50000.5");
}

SCENARIO("an order that was refused is an error in the words of who refused it") {
  order_rig rig{{outcome::refused, {}, 10009, "not_enough_funds"}};
  const auto answer = rig.ask("POST", "/api/v1/orders", order);
  CHECK(answer->response.status == 422);
  CHECK(answer->at("/error/code") == "order_refused");
  CHECK(answer->at("/error/message") == "not_enough_funds");
  CHECK(answer->at("/error/hint") == "exchange code 10009");
}

SCENARIO("an order without an answer is accepted as in doubt, never as failed") {
  order_rig rig{{outcome::in_doubt, open_order(), 0, "no answer"}};
  const auto answer = rig.ask("POST", "/api/v1/orders", order);
  CHECK(answer->response.status == 202);
  CHECK(answer->at("/outcome") == "in_doubt");
  CHECK(answer->at("/order/label") == "n1");
}

SCENARIO("orders are edited and cancelled by what they are called") {
  order_rig rig{{outcome::done, open_order(), 0, ""}};
  CHECK(rig.ask("PATCH", "/api/v1/orders", R"({"connection":"alpha","label":"n1","amount":"2","price":"3.5"})")
            ->response.status == 200);
  CHECK(rig.heard == "n1 2 3.5");
  CHECK(rig.ask("DELETE", "/api/v1/orders?connection=alpha&id=n1")->response.status == 200);
  CHECK(rig.heard == "n1");
  CHECK(rig.ask("DELETE", "/api/v1/orders?connection=alpha")->response.status == 400);
}

SCENARIO("an order for a connection that is not there reaches nobody") {
  order_rig rig{{outcome::done, open_order(), 0, ""}};
  std::string elsewhere{order};
  elsewhere.replace(elsewhere.find("alpha"), 5, "nobody");
  CHECK(rig.ask("POST", "/api/v1/orders", elsewhere)->response.status == 404);
  CHECK(rig.ask("DELETE", "/api/v1/orders?connection=nobody&id=n1")->response.status == 404);
  CHECK(rig.ask("GET", "/api/v1/orders?connection=nobody")->response.status == 404);
  CHECK(rig.heard.empty());
}

SCENARIO("a bad order reaches nobody") {
  order_rig rig{{outcome::done, open_order(), 0, ""}};
  CHECK(rig.ask("POST", "/api/v1/orders", "{}")->response.status == 400);
  CHECK(rig.ask("POST", "/api/v1/orders?timeout_ms=x", order)->response.status == 400);
  CHECK(rig.heard.empty());
}

namespace {

/// A connection's table with an order in each of the given states.
std::shared_ptr<session::order_table> table_with(api_rig& rig, const std::string& name, session::phase phase,
                                                 const std::vector<venues::order_state>& states) {
  auto orders = std::make_shared<session::order_table>();
  for (std::size_t place = 0; place < states.size(); ++place) {
    auto report = open_order();
    report.label = name + "." + std::to_string(place);
    report.order_id = report.label;
    CHECK(orders->adopt(report));
    report.state = states[place];
    report.updated_ms = 1;
    orders->apply(report);
  }
  rig.connection(name, phase)->set_orders(orders);
  return orders;
}

std::vector<std::string> labels_in(const test::heard_reply& answer) {
  std::vector<std::string> labels;
  const auto body = answer.json();
  for (const auto& each : body.at("orders").as_array())
    labels.emplace_back(each.at("label").as_string());
  return labels;
}

using words = std::vector<std::string>;

} // namespace

SCENARIO("the orders of all connections are listed while no connection is up to be asked") {
  api_rig rig;
  const auto alpha = table_with(rig, "alpha", session::phase::closed, {venues::order_state::open});
  table_with(rig, "bravo", session::phase::live, {venues::order_state::filled, venues::order_state::open});
  rig.connection("charlie", session::phase::closed);
  alpha->doubt_all();
  const auto answer = rig.ask("GET", "/api/v1/orders");
  CHECK(answer->response.status == 200);
  CHECK(labels_in(*answer) == words{"alpha.0", "bravo.0", "bravo.1"});
  CHECK(answer->at("/orders/0/connection") == "alpha");
  CHECK(answer->at("/orders/0/in_doubt") == "true");
  CHECK(answer->at("/orders/1/state") == "filled");
  CHECK(answer->at("/connections/0/name") == "alpha");
  CHECK(answer->at("/connections/0/phase") == "closed");
  CHECK(answer->at("/connections/1/phase") == "live");
  CHECK(answer->at("/connections/2/name") == "none");
  CHECK(labels_in(*rig.ask("GET", "/api/v1/orders?connection=bravo")) == words{"bravo.0", "bravo.1"});
  const auto none = rig.ask("GET", "/api/v1/orders?connection=charlie");
  CHECK(labels_in(*none).empty());
  CHECK(none->at("/connections/0/phase") == "closed");
}

SCENARIO("orders are filtered by state, side and instrument, and a word that is none is refused by name") {
  api_rig rig;
  using venues::order_state;
  const auto orders = table_with(rig, "alpha", session::phase::live,
                                 {order_state::open, order_state::filled, order_state::cancelled, order_state::open});
  orders->doubt("alpha.3");
  const auto with = [&rig](const std::string& query) { return labels_in(*rig.ask("GET", "/api/v1/orders?" + query)); };
  CHECK(with("state=open") == words{"alpha.0"});
  CHECK(with("state=in_doubt") == words{"alpha.3"});
  CHECK(with("state=live") == words{"alpha.0", "alpha.3"});
  CHECK(with("state=filled,cancelled") == words{"alpha.1", "alpha.2"});
  CHECK(with("side=sell").empty());
  CHECK(with("side=buy&instrument=BTC-PERPETUAL&state=filled") == words{"alpha.1"});
  CHECK(with("instrument=ETH-PERPETUAL").empty());
  const auto wrong = rig.ask("GET", "/api/v1/orders?state=opened");
  CHECK(wrong->response.status == 400);
  CHECK(wrong->at("/error/hint").find("untriggered") != std::string::npos);
  CHECK(rig.ask("GET", "/api/v1/orders?side=up")->response.status == 400);
  CHECK(rig.ask("GET", "/api/v1/orders?limit=0")->response.status == 400);
}

SCENARIO("pages of orders meet without a gap and without an order twice") {
  api_rig rig;
  for (const auto* name : {"alpha", "bravo", "charlie"})
    table_with(rig, name, session::phase::live, std::vector<venues::order_state>(3, venues::order_state::open));
  words all;
  std::string after;
  for (int page = 0; page < 10; ++page) {
    const auto answer = rig.ask("GET", "/api/v1/orders?limit=2" + (page == 0 ? after : "&after=" + after));
    for (const auto& label : labels_in(*answer))
      all.push_back(label);
    after = answer->at("/next");
    if (after == "null")
      break;
  }
  CHECK(all == labels_in(*rig.ask("GET", "/api/v1/orders")));
  CHECK(all.size() == 9);
}
