#include "control/push/config_plan.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace cafnode;
using namespace cafnode::control;

namespace {

conf::node_config four() {
  auto config = conf::built_in_config();
  config.name = "test";
  config.region = "tokyo";
  return config;
}

child_facts quiet(const std::string&) {
  return {0, 0, true};
}

} // namespace

SCENARIO("a plan names each connection that changes, how, and by which keys") {
  const auto before = four();
  auto after = before;
  auto& exchange = after.exchanges[0];
  exchange.connections[0].channels.clear();
  exchange.connections[1].auth.client_secret.name = "OTHER";
  exchange.connections[1].own_auth = true;
  exchange.connections[2].account = "second";
  exchange.connections.pop_back();
  exchange.connections.push_back(exchange.connections[0]);
  exchange.connections.back().name = "echo";
  after.log_level = conf::log_level::debug;
  after.io_threads = 7;
  const auto plan = make_config_plan(before, after, "tokyo", quiet);
  REQUIRE(plan.children.size() == 5);
  CHECK(plan.children[0].path == "tokyo/deribit/alpha");
  CHECK(plan.children[0].effect == child_effect::change);
  REQUIRE(plan.children[0].why->size() == 1);
  CHECK(plan.children[0].why->front().starts_with("exchanges.deribit.connections.alpha.channels: "));
  CHECK(plan.children[1].effect == child_effect::restart);
  CHECK(plan.children[2].effect == child_effect::replace);
  CHECK(plan.children[3].effect == child_effect::stop);
  CHECK(plan.children[4].effect == child_effect::start);
  CHECK(plan.interrupted() == 3);
  CHECK(plan.unchanged == 0);
  REQUIRE(plan.node_changes.size() == 1);
  CHECK(plan.node_changes[0].path == "log.level");
  REQUIRE(plan.after_restart.size() == 1);
  CHECK(plan.after_restart[0].path == "node.io_threads");
  CHECK(plan.exchanges_changed == std::vector<std::string>{"deribit"});
  CHECK_FALSE(plan.list_of_exchanges_changes);
}

SCENARIO("the same configuration changes nothing, and neither does another order of its entries") {
  const auto before = four();
  auto after = before;
  CHECK_FALSE(make_config_plan(before, after, "tokyo", quiet).changes());
  std::swap(after.exchanges[0].connections[0], after.exchanges[0].connections[2]);
  CHECK_FALSE(make_config_plan(before, after, "tokyo", quiet).changes());
}

SCENARIO("a node stays in its region while it runs: another one waits for a restart and moves no connection") {
  const auto before = four();
  auto after = before;
  after.region = "osaka";
  const auto plan = make_config_plan(before, after, "tokyo", quiet);
  CHECK(plan.children.empty());
  REQUIRE(plan.after_restart.size() == 1);
  CHECK(plan.after_restart[0].path == "node.region");
}

SCENARIO("exchanges come and go with all their connections") {
  const auto before = four();
  auto after = before;
  after.exchanges.push_back(before.exchanges[0]);
  after.exchanges[1].name = "second";
  for (auto& each : after.exchanges[1].connections)
    each.name += "-two";
  const auto more = make_config_plan(before, after, "tokyo", quiet);
  CHECK(more.list_of_exchanges_changes);
  CHECK(more.count(child_effect::start) == 4);
  CHECK(more.unchanged == 4);
  const auto back = make_config_plan(after, before, "tokyo", quiet);
  CHECK(back.count(child_effect::stop) == 4);
  THEN("a reversed plan is the way back") {
    const auto turned = reversed(more);
    CHECK(turned.count(child_effect::stop) == back.count(child_effect::stop));
    CHECK(turned.exchanges_changed == back.exchanges_changed);
  }
}

SCENARIO("orders stand against what would interrupt them in doubt, or forget them") {
  const auto before = four();
  auto after = before;
  after.exchanges[0].connections[1].account = "second"; // bravo
  after.exchanges[0].limits.frame_bytes_max *= 2;
  const auto plan = make_config_plan(before, after, "tokyo", quiet);
  const auto look = [&](std::string_view whose, child_facts facts) {
    return obstacle_of(plan, [whose, facts](const std::string& name) { return name == whose ? facts : child_facts{}; });
  };
  CHECK(look("alpha", {0, 0, true}).text.empty());
  CHECK(look("alpha", {5, 1, true}).text == "tokyo/deribit/alpha has 1 order in doubt");
  CHECK(look("alpha", {5, 1, true}).may_pass);
  CHECK(look("bravo", {2, 0, true}).text.find("2 open orders") != std::string::npos);
  CHECK_FALSE(look("bravo", {2, 0, true}).may_pass);
}

SCENARIO("ten thousand connections are planned while one waits") {
  auto before = four();
  before.exchanges[0].connections.resize(1);
  before.exchanges[0].connections[0].count = 10'000;
  auto after = before;
  after.exchanges[0].orders.in_flight_max += 1;
  const auto plan = make_config_plan(before, after, "tokyo", quiet);
  CHECK(plan.count(child_effect::change) == 10'000);
  CHECK(plan.children[0].why == plan.children[9'999].why);
}

SCENARIO("orders that are not known yet stand against the end of their connection, and pass when they are") {
  const auto before = four();
  auto after = before;
  after.exchanges[0].connections.pop_back();
  child_facts facts{0, 0, false, false};
  const auto look = [&](const std::string&) { return facts; };
  const auto plan = make_config_plan(before, after, "tokyo", look);
  const auto found = obstacle_of(plan, look);
  CHECK(found.text.find("are not known") != std::string::npos);
  CHECK(found.may_pass);
  facts.orders_known = true;
  CHECK(obstacle_of(plan, look).text.empty());
}

SCENARIO("a restart that has the exchange cancel open orders is named as such, and one that does not is free") {
  auto before = four();
  child_facts facts{2, 0, true};
  const auto look = [&](const std::string&) { return facts; };
  const auto obstacle = [&] {
    auto after = before;
    after.exchanges[0].connections[1].auth.client_secret.name = "OTHER";
    after.exchanges[0].connections[1].own_auth = true;
    return obstacle_of(make_config_plan(before, after, "tokyo", look), look);
  };
  CHECK(obstacle().text == "tokyo/deribit/bravo would be restarted, and the exchange cancel its 2 open orders: "
                           "cancel_on_disconnect");
  CHECK_FALSE(obstacle().may_pass);
  WHEN("it is not live") {
    facts.live = false;
    CHECK(obstacle().text.empty());
  }
  WHEN("its orders outlive it") {
    before.exchanges[0].cancel_on_disconnect = false;
    CHECK(obstacle().text.empty());
  }
}

SCENARIO("no order begins on what goes, comes, or is another afterwards; what changes as it runs goes on") {
  planned_child child;
  for (const auto effect : {child_effect::stop, child_effect::restart, child_effect::replace, child_effect::start}) {
    child.effect = effect;
    CHECK(child.holds_orders());
  }
  child.effect = child_effect::change;
  CHECK_FALSE(child.holds_orders());
}
