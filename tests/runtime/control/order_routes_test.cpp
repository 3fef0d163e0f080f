#include "tests/runtime/control/api_rig.hpp"

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
    actions.list_orders = [this](const std::string& name, auto,
                                 const control::completion<session::order_list>& finish) {
      heard = name;
      finish(session::order_list{});
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
  CHECK(rig.ask("GET", "/api/v1/orders")->response.status == 404);
  CHECK(rig.heard.empty());
}

SCENARIO("a bad order reaches nobody") {
  order_rig rig{{outcome::done, open_order(), 0, ""}};
  CHECK(rig.ask("POST", "/api/v1/orders", "{}")->response.status == 400);
  CHECK(rig.ask("POST", "/api/v1/orders?timeout_ms=x", order)->response.status == 400);
  CHECK(rig.heard.empty());
}

SCENARIO("a gate that does not answer is told as such") {
  api_rig rig;
  rig.connection("alpha", session::phase::live);
  rig.actions.list_orders = [](const std::string&, auto, const control::completion<session::order_list>& finish) {
    finish(base::failure{control::action_failure{control::action_fault::timed_out, "no answer in 5 s"}});
  };
  const auto answer = rig.ask("GET", "/api/v1/orders?connection=alpha");
  CHECK(answer->response.status == 504);
  CHECK(answer->at("/error/message") == "no answer in 5 s");
}

SCENARIO("the orders of a connection are listed, those in doubt marked") {
  api_rig rig;
  rig.connection("alpha", session::phase::live);
  rig.actions.list_orders = [](const std::string&, auto, const control::completion<session::order_list>& finish) {
    finish(session::order_list{{{open_order(), false}, {open_order(), true}}});
  };
  const auto answer = rig.ask("GET", "/api/v1/orders?connection=alpha");
  CHECK(answer->at("/orders/0/in_doubt") == "false");
  CHECK(answer->at("/orders/1/in_doubt") == "true");
  CHECK(answer->at("/orders/1/type") == "limit");
}
