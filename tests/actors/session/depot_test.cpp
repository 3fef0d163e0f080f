#include "actors/session/depot.hpp"
#include "actors/session/io_seats.hpp"
#include "runtime/host/actor_host.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

class deaf_notices final : public session::notice_sink {
public:
  void publish(session::notice) override {}
};

class deaf_events final : public supervision::event_sink {
public:
  void publish(const supervision::event&) override {}
};

/// A depot on a host whose exchange nobody dials: what is looked at is what is kept.
struct depot_rig {
  depot_rig() {
    ::setenv("CAF_TEST_SECRET", "some-secret", 1);
    config.region = "tokyo";
    auto& exchange = config.exchanges.front();
    exchange.url.port = 1; // nobody listens
    exchange.connect.backoff = {50ms, 60s, 0};
    for (auto& each : exchange.connections) {
      each.auth.client_id.literal = "key";
      each.auth.client_secret = {conf::secret_origin::env, "CAF_TEST_SECRET"};
    }
    take();
  }

  ~depot_rig() { CHECK(host.shutdown({}, 10s).clean()); }

  void take() { depot->want(session::wanted_of(config), ++version); }

  conf::connection_config& entry(std::size_t index) { return config.exchanges[0].connections[index]; }

  const supervision::child_spec& spec(std::string_view name) {
    plan = *depot->exchange_plan("deribit");
    const auto found = std::ranges::find(plan.children, name, &supervision::child_spec::id);
    REQUIRE(found != plan.children.end());
    return *found;
  }

  host::actor_host host;
  std::shared_ptr<session::board> board = std::make_shared<session::board>();
  conf::node_config config = conf::built_in_config();
  std::uint64_t version = 0;
  std::shared_ptr<session::depot> depot = std::make_shared<session::depot>(
      session::depot_inputs{session::seats_on(host.engine()), &host.clock(), board, std::make_shared<deaf_notices>(),
                            std::make_shared<deaf_events>(), 7});
  supervision::supervisor_plan plan;
};

} // namespace

SCENARIO("a plan that is made twice and taken twice finds the same orders, the same budget, the same seat") {
  depot_rig rig;
  const auto orders = rig.board->find("alpha")->orders();
  const auto record = rig.board->find("alpha");
  const auto revision = rig.spec("alpha").revision;
  const auto group = rig.spec("alpha").stop_group;
  const auto taken = rig.host.engine().taken(0);
  for (int again = 0; again < 3; ++again)
    rig.take();
  rig.depot->forget_unwanted();
  CHECK(rig.board->find("alpha") == record);
  CHECK(rig.board->find("alpha")->orders() == orders);
  CHECK(rig.spec("alpha").revision == revision);
  CHECK(rig.spec("alpha").stop_group == group);
  CHECK(rig.host.engine().taken(0) == taken);
  CHECK(rig.depot->size() == 4);
}

SCENARIO("a changed connection has another revision and keeps its orders; its neighbours are as they were") {
  depot_rig rig;
  const auto orders = rig.board->find("alpha")->orders();
  const auto alpha = rig.spec("alpha").revision;
  const auto bravo = rig.spec("bravo").revision;
  WHEN("its channels change, which a running one takes over") {
    rig.entry(0).channels.clear();
    rig.take();
    CHECK(rig.spec("alpha").revision == alpha);
  }
  WHEN("its way of logging in changes") {
    rig.entry(0).auth.method = conf::auth_method::client_signature;
    rig.take();
    CHECK(rig.spec("alpha").revision != alpha);
    CHECK(rig.spec("bravo").revision == bravo);
    CHECK(rig.board->find("alpha")->orders() == orders);
  }
}

SCENARIO("under another account a connection is another one, until that is taken back") {
  depot_rig rig;
  const auto before = rig.config;
  const auto orders = rig.board->find("alpha")->orders();
  rig.entry(0).account = "second";
  rig.take();
  CHECK(rig.board->find("alpha")->orders() != orders);
  WHEN("it is undone") {
    rig.config = before;
    rig.take();
    rig.depot->forget_unwanted();
    CHECK(rig.board->find("alpha")->orders() == orders);
  }
  WHEN("it stays") {
    rig.depot->forget_unwanted();
    CHECK(rig.depot->size() == 4);
    rig.config = before;
    rig.take();
    CHECK(rig.board->find("alpha")->orders() != orders);
  }
}

SCENARIO("a supervisor's role is its level in the tree, which no path has to be taken apart for") {
  depot_rig rig;
  CHECK(rig.depot->root_plan().role == "root");
  CHECK(rig.depot->exchange_plan("deribit")->role == "exchange");
  CHECK(rig.depot->connection_plan("alpha")->role == "connection");
}

SCENARIO("what is not wanted any more is kept until that is certain, then forgotten with its row and its seat") {
  depot_rig rig;
  const auto seats = [&] {
    std::size_t all = 0;
    for (std::size_t unit = 0; unit < rig.host.engine().size(); ++unit)
      all += rig.host.engine().taken(unit);
    return all;
  };
  CHECK(seats() == 4);
  rig.config.exchanges[0].connections.pop_back();
  rig.take();
  CHECK(rig.depot->size() == 4);
  CHECK(rig.board->find("delta") != nullptr);
  rig.depot->forget_unwanted();
  CHECK(rig.depot->size() == 3);
  CHECK(rig.board->find("delta") == nullptr);
  CHECK(seats() == 3);
  CHECK_FALSE(rig.depot->connection_plan("delta").has_value());
  CHECK(rig.depot->find("delta") == nullptr);
}

SCENARIO("a thousand changes leave no more behind than the last one wants") {
  depot_rig rig;
  for (int i = 0; i < 1000; ++i) {
    rig.entry(0).account = "account-" + std::to_string(i);
    rig.take();
    rig.depot->forget_unwanted();
    REQUIRE(rig.depot->size() == 4);
  }
}

SCENARIO("what a configuration lacks is told before anything is touched") {
  depot_rig rig;
  CHECK_FALSE(session::depot::why_not(session::wanted_of(rig.config)).has_value());
  rig.entry(2).auth.client_secret.name = "CAF_TEST_NOT_SET";
  const auto why = session::depot::why_not(session::wanted_of(rig.config));
  REQUIRE(why.has_value());
  CHECK(why->find("deribit.charlie") != std::string::npos);
  CHECK(why->find("CAF_TEST_NOT_SET") != std::string::npos);
}
