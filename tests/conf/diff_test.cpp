#include "conf/diff.hpp"

#include <doctest/doctest.h>

using namespace cafnode::conf;

namespace {

/// What differs after `edit` was done to the built-in configuration.
template<class Edit>
std::vector<change> changes_by(Edit edit) {
  auto after = built_in_config();
  edit(after);
  return diff(built_in_config(), after);
}

} // namespace

SCENARIO("a configuration does not differ from itself, whatever the order of its entries") {
  CHECK(changes_by([](node_config&) {}).empty());
  CHECK(changes_by([](node_config& c) {
          std::swap(c.exchanges[0].connections[0], c.exchanges[0].connections[3]);
        }).empty());
}

SCENARIO("each change says what it takes to apply") {
  const auto changes = changes_by([](node_config& c) {
    c.log_level = log_level::debug;
    c.control.port = 1;
    c.exchanges[0].heartbeat.interval = std::chrono::seconds{20};
    c.exchanges[0].connections[1].channels = {"x"};
  });
  REQUIRE(changes.size() == 4);
  CHECK(format_change(changes[0]) == "~ control.port: 7601 -> 1 (restart_node)");
  CHECK(format_change(changes[1]) == "~ log.level: info -> debug (live)");
  CHECK(format_change(changes[2]) == "~ exchanges.deribit.heartbeat.interval: 10s -> 20s (restart_child)");
  CHECK(changes[2].exchange == "deribit");
  CHECK(changes[2].connection.empty());
  CHECK(changes[3].path == "exchanges.deribit.connections.bravo.channels");
  CHECK(changes[3].connection == "bravo");
  CHECK(changes[3].effect == apply_effect::live);
}

SCENARIO("exchanges and connections come and go by their names") {
  const auto changes = changes_by([](node_config& c) {
    c.exchanges[0].connections[0].name = "echo";
    c.exchanges.push_back(c.exchanges[0]);
    c.exchanges[1].name = "second";
  });
  REQUIRE(changes.size() == 3);
  CHECK(format_change(changes[0]) == "- exchanges.deribit.connections.alpha (restart_child)");
  CHECK(format_change(changes[1]) == "+ exchanges.deribit.connections.echo (restart_child)");
  CHECK(changes[1].connection == "echo");
  CHECK(format_change(changes[2]) == "+ exchanges.second (restart_child)");
  CHECK(changes[2].exchange == "second");
}

SCENARIO("a change of the exchange's credentials is told once, not for each connection that shares them") {
  const auto changes = changes_by([](node_config& c) {
    c.exchanges[0].auth.client_id.literal = "other";
    for (auto& connection : c.exchanges[0].connections)
      connection.auth = c.exchanges[0].auth;
  });
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].path == "exchanges.deribit.auth.client_id");
}

SCENARIO("the first change that only the owner may push is found by its key") {
  const auto first = [](auto edit) {
    auto after = built_in_config();
    edit(after);
    const auto found = first_for_owner(built_in_config(), after);
    return found ? found->path : std::string{"none"};
  };
  const auto own_auth = [](connection_config& connection) {
    connection.own_auth = true;
    connection.auth.client_secret.name = "OTHER";
  };
  CHECK(first([](node_config& c) {
          c.log_level = log_level::debug;
          c.exchanges[0].connections.pop_back();
          c.exchanges[0].connections[0].channels = {"x"};
          c.exchanges[0].connections.push_back({"more", "main", c.exchanges[0].auth, false, {}, 1});
        }) == "none");
  CHECK(first([](node_config& c) { c.exchanges.clear(); }) == "none");
  CHECK(first([](node_config& c) { c.control.trade_token = "/mine"; }) == "control.tokens.trade");
  CHECK(first([](node_config& c) { c.log_file = "/etc/cron.d/x"; }) == "log.file");
  CHECK(first([](node_config& c) { c.exchanges[0].url.ca_file = "/mine"; }) == "exchanges.deribit.url.ca_file");
  CHECK(first([](node_config& c) { c.exchanges[0].auth.client_id.literal = "x"; }) ==
        "exchanges.deribit.auth.client_id");
  CHECK(first([](node_config& c) {
          c.exchanges.push_back(c.exchanges[0]);
          c.exchanges[1].name = "evil";
          c.exchanges[1].auth = {auth_method::none, {}, {}};
        }) == "exchanges.evil");
  CHECK(first([&](node_config& c) { own_auth(c.exchanges[0].connections[1]); }) ==
        "exchanges.deribit.connections.bravo.auth.client_secret");
  CHECK(first([&](node_config& c) {
          c.exchanges[0].connections.push_back(c.exchanges[0].connections[0]);
          c.exchanges[0].connections.back().name = "thief";
          own_auth(c.exchanges[0].connections.back());
        }) == "exchanges.deribit.connections.thief");
}
