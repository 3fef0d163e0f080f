#include "actors/session/wanted.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using session::wanted_of;

namespace {

conf::node_config four() {
  auto config = conf::built_in_config();
  config.region = "tokyo";
  return config;
}

} // namespace

SCENARIO("what is wanted is read out of the configuration, each connection by its own name") {
  auto config = four();
  config.exchanges[0].connections[1].count = 3;
  const auto tree = wanted_of(config);
  REQUIRE(tree.exchanges.size() == 1);
  const auto& connections = tree.exchanges[0].connections;
  REQUIRE(connections.size() == 6);
  CHECK(connections[0].path == "tokyo/deribit/alpha");
  CHECK(connections[1].path == "tokyo/deribit/bravo-1");
  CHECK(connections[3].path == "tokyo/deribit/bravo-3");
  CHECK(connections[1].entry == connections[3].entry);
  CHECK(tree.find("deribit") == &tree.exchanges[0]);
  CHECK(tree.find("nobody") == nullptr);
}

SCENARIO("the same configuration wants the same, whatever the order of its connections") {
  auto config = four();
  const auto one = wanted_of(config).exchanges[0].connections;
  std::swap(config.exchanges[0].connections[0], config.exchanges[0].connections[3]);
  const auto other = wanted_of(config).exchanges[0].connections;
  CHECK(one[0] == other[3]);
  CHECK(one[3] == other[0]);
  CHECK(one[1] == other[1]);
}

SCENARIO("a change shows in the connections that it concerns, by what it takes") {
  auto config = four();
  const auto before = wanted_of(config).exchanges[0].connections;
  const auto changed = [&] { return wanted_of(config).exchanges[0].connections; };
  WHEN("one connection hears another channel") {
    config.exchanges[0].connections[2].channels.emplace_back("ticker.SOL-PERPETUAL.100ms");
    const auto after = changed();
    CHECK(after[1] == before[1]);
    CHECK(after[2].live != before[2].live);
    CHECK(after[2].revision == before[2].revision);
    CHECK(after[2].identity == before[2].identity);
  }
  WHEN("the exchange's limits change") {
    config.exchanges[0].limits.frame_bytes_max *= 2;
    const auto after = changed();
    for (std::size_t i = 0; i < after.size(); ++i) {
      CHECK(after[i].revision != before[i].revision);
      CHECK(after[i].identity == before[i].identity);
    }
  }
  WHEN("the exchange's credentials change, and one connection has its own") {
    config.exchanges[0].connections[0].own_auth = true;
    config.exchanges[0].auth.client_id.literal = "other";
    for (std::size_t i = 1; i < 4; ++i)
      config.exchanges[0].connections[i].auth.client_id.literal = "other";
    const auto after = changed();
    CHECK(after[0] == before[0]);
    CHECK(after[1].revision != before[1].revision);
    CHECK(after[1].identity != before[1].identity);
  }
  WHEN("the exchange is another one") {
    config.exchanges[0].url.host = "test.example";
    CHECK(changed()[0].identity != before[0].identity);
  }
}
