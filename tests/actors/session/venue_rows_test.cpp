#include "actors/session/from_config.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace cafnode;

SCENARIO("every venue that a configuration may name is in the registry, and the other way round") {
  std::set<std::string_view> rows;
  for (const auto& row : venues::all_venues())
    CHECK(rows.insert(row.name).second);
  const auto& words = conf::words_of(conf::venue{});
  CHECK(std::set<std::string_view>{words.begin(), words.end()} == rows);
  for (std::size_t each = 0; each < words.size(); ++each) {
    conf::exchange_config exchange;
    exchange.venue = static_cast<conf::venue>(each);
    CHECK(session::venue_of(exchange).name == words[each]);
    CHECK(venues::find_venue(words[each]) == &session::venue_of(exchange));
  }
  CHECK(venues::find_venue("nobody") == nullptr);
}

SCENARIO("a row's rules are such as labels and budgets can be made by, and its machine is made") {
  for (const auto& row : venues::all_venues()) {
    CAPTURE(row.name);
    CHECK(row.labels.bytes_max >= 32);
    CHECK(row.subscribe_credits > 0);
    CHECK(row.query_credits > 0);
    const auto machine = row.make({});
    REQUIRE(machine != nullptr);
    CHECK(!machine->lanes().empty());
  }
}

SCENARIO("what the section of a venue says reaches its machine") {
  auto config = conf::built_in_config();
  config.exchanges[0].deribit.scope = "trade:read";
  const auto tree = session::wanted_of(config);
  CHECK(session::machine_config_of(tree.exchanges[0].connections[0]).own.deribit.scope == "trade:read");
  const auto before = session::wanted_of(conf::built_in_config()).exchanges[0].connections[0];
  CHECK(tree.exchanges[0].connections[0].revision != before.revision);
}

SCENARIO("lanes and HTTP requests go where the configuration says, but for what their machine says") {
  conf::exchange_config exchange;
  exchange.url.host = "ex.test";
  exchange.url.port = 443;
  exchange.url.path = "/ws";
  exchange.connect.deadline = std::chrono::milliseconds{7000};
  const auto usual = session::dial_options_of(exchange, venues::lane_spec{});
  CHECK(usual.host == "ex.test");
  CHECK(usual.port == 443);
  CHECK(usual.path == "/ws");
  CHECK(usual.deadline == exchange.connect.deadline);
  const auto other = session::dial_options_of(exchange, venues::lane_spec{"news", "news.test", 8443, "/k?1"});
  CHECK(other.host == "news.test");
  CHECK(other.port == 8443);
  CHECK(other.path == "/k?1");

  venues::http_request request;
  request.deadline = std::chrono::milliseconds{1234};
  CHECK(session::dial_options_of(exchange, request).host == "ex.test");
  CHECK(session::dial_options_of(exchange, request).port == 443);
  CHECK(session::dial_options_of(exchange, request).deadline == request.deadline);
  request.host = "api.test";
  request.port = 8444;
  CHECK(session::dial_options_of(exchange, request).host == "api.test");
  CHECK(session::dial_options_of(exchange, request).port == 8444);
}
