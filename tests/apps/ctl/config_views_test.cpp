#include "apps/ctl/config_views.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

using namespace cafnode::ctl;

namespace {

std::string plan_of(const std::string& children, const std::string& more = "") {
  return config_plan_text(
      boost::json::parse(R"({"node":"tokyo-1","index":41,"hash":"ab12","changes":true,"counts":{"start":0,"stop":1,)"
                         R"("restart":1,"replace":0,"change":6,"unchanged":2},"disruption":{"connections":2,"live":2,)"
                         R"("orders_open":3,"orders_in_doubt":1},"children_left_out":0,"children":[)" +
                         children + "]" + more + "}"),
      "node.yaml", {});
}

} // namespace

SCENARIO("a plan tells what becomes of each connection and why, those alike in one line, and how to do exactly this") {
  std::string children;
  for (int i = 1; i <= 6; ++i)
    children += R"({"effect":"change","path":"tokyo/deribit/c)" + std::to_string(i) +
                R"(","orders_open":0,"orders_in_doubt":0,"why":["exchanges.deribit.orders.valid_for: 5s -> 2s"]},)";
  children +=
      R"({"effect":"restart","path":"tokyo/deribit/main","orders_open":3,"orders_in_doubt":1,"why":["a: 1 -> 2"]})";
  const auto text = plan_of(children);
  CHECK(text.find("tokyo/deribit/c4 and 2 more  taken over as it runs") != std::string::npos);
  CHECK(text.find("tokyo/deribit/c5") == std::string::npos);
  CHECK(text.find("exchanges.deribit.orders.valid_for: 5s -> 2s") != std::string::npos);
  CHECK(text.find("-/+ tokyo/deribit/main  restarted") != std::string::npos);
  CHECK(text.find("3 orders open, 1 in doubt") != std::string::npos);
  CHECK(text.ends_with("do it: cafctl config apply node.yaml --node tokyo-1 --index 41 \\\n           --hash ab12\n"));
}

SCENARIO("a plan says what a restart costs, and where orders are not known") {
  const auto text = plan_of(R"({"effect":"restart","path":"a/b/c","live":true,"orders_open":2,"orders_in_doubt":0,)"
                            R"("orders_known":true,"cancels_orders":true,"why":["w"]},{"effect":"stop","path":"a/b/d",)"
                            R"("live":false,"orders_open":0,"orders_in_doubt":0,"orders_known":false,)"
                            R"("cancels_orders":false,"why":["w"]})");
  CHECK(text.find("      the exchange cancels 2 open orders (cancel_on_disconnect): --force is needed\n") !=
        std::string::npos);
  CHECK(text.find("      the orders of 1 connection are not known yet: not live since the node began\n") !=
        std::string::npos);
}

SCENARIO("one is told as one") {
  const auto text = config_plan_text(
      boost::json::parse(
          R"({"node":"n","index":1,"hash":"h","changes":true,"disruption":{"connections":1,"live":1,)"
          R"("orders_open":1,"orders_in_doubt":0},"children_left_out":1,"children":[{"effect":"restart",)"
          R"("path":"a/b/c","orders_open":1,"orders_in_doubt":0,"why":["w"]}]})"),
      "node.yaml", {});
  CHECK(text.find("      1 order open, 0 in doubt\n") != std::string::npos);
  CHECK(text.find("interrupts 1 connection (1 live) with 1 open order, 0 in doubt\n") != std::string::npos);
  CHECK(text.find("and 1 more connection\n") != std::string::npos);
}

SCENARIO("a plan tells what a flag or a variable of the node keeps from having an effect") {
  const std::string over = R"("overridden":[{"path":"control.port","in_file":"7602","in_force":"7601","by":"flag"},)"
                           R"({"path":"log.level","in_file":"info","in_force":"debug","by":"env"}])";
  const auto told = "without effect:\n  control.port: 7602 in the file, and 7601 by a flag of this node, which wins\n"
                    "  log.level: info in the file, and debug by a variable of this node, which wins\n";
  CHECK(plan_of("", "," + over).find(told) != std::string::npos);
  CHECK(config_plan_text(boost::json::parse(R"({"node":"n","index":3,"changes":false,)" + over + "}"), "f", {}) ==
        std::string{"n: nothing changes: version 3 is this\n"} + told);
}

SCENARIO("a plan tells what waits for a restart of the node, and what it changes at once") {
  const auto text =
      plan_of("", R"(,"node_changes":[{"path":"log.level","kind":"changed","before":"info","after":"debug"}],)"
                  R"("after_restart":[{"path":"control.port","kind":"changed","before":"7601","after":"7602"}])");
  CHECK(text.find("the node, at once:\n  ~ log.level: info -> debug\n") != std::string::npos);
  CHECK(text.find("only after a restart of the node:\n  ~ control.port: 7601 -> 7602\n") != std::string::npos);
}

SCENARIO("a plan without changes says so, and offers nothing to do") {
  const auto text = config_plan_text(boost::json::parse(R"({"node":"n","index":3,"changes":false})"), "node.yaml", {});
  CHECK(text == "n: nothing changes: version 3 is this\n");
}

SCENARIO("the status tells what runs, what differs, and what is under way") {
  const auto text = config_status_text(
      boost::json::parse(
          R"({"version":42,"state":"stable","at":"2026-11-30T17:00:00Z","who":"jane over the unix socket",)"
          R"("why":"more channels","source":"pushed","hash":"ab","store":"","file":"/etc/node.yaml",)"
          R"("drift":"2 differences","trouble":"","stage":"look_at_health","proposed":43})"),
      {});
  CHECK(text.find("version 42 (stable)") != std::string::npos);
  CHECK(text.find("2 differences") != std::string::npos);
  CHECK(text.find("memory only") != std::string::npos);
  CHECK(text.find("version 43: look_at_health") != std::string::npos);
  CHECK(text.find("trouble") == std::string::npos);
}

SCENARIO("an answer of an unexpected shape shows as dashes and ends nothing") {
  for (const char* odd : {"null", "[]", "{}", "{\"children\":3,\"changes\":true}", "{\"versions\":[1]}"}) {
    CAPTURE(odd);
    const auto parsed = boost::json::parse(odd);
    CHECK_FALSE(config_plan_text(parsed, "f", {}).empty());
    CHECK_FALSE(config_status_text(parsed, {}).empty());
    CHECK_FALSE(config_report_text(parsed).empty());
    CHECK_FALSE(config_history_text(parsed, {}).empty());
    CHECK_FALSE(config_diff_text(parsed, {}).empty());
  }
}
