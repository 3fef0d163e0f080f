#include "runtime/process/messages.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>

namespace cafnode::process_test {

enum class side : std::uint8_t { buy = 0, sell = 1 };

struct leg {
  base::decimal price;
  std::string venue;
};

CAFNODE_FIELDS(leg, value.price, value.venue)

struct order_seen {
  std::uint64_t id = 0;
  side which = side::buy;
  std::vector<leg> legs;
  std::map<std::string, std::int64_t> counts;
  caf::optional<std::chrono::milliseconds> waited;
  std::chrono::sys_time<std::chrono::microseconds> at;
};

CAFNODE_FIELDS(order_seen, value.id, value.which, value.legs, value.counts, value.waited, value.at)

struct stop_all {};

CAFNODE_FIELDS(stop_all)

struct with_double {
  std::int64_t id = 0;
  double price = 0;
};

CAFNODE_FIELDS(with_double, value.id, value.price)

struct with_float_deep {
  std::vector<std::map<std::string, caf::optional<with_double>>> deep;
};

CAFNODE_FIELDS(with_float_deep, value.deep)

struct with_steady_time {
  base::time_point at;
};

CAFNODE_FIELDS(with_steady_time, value.at)

struct silent_about_fields {
  double hidden = 0;
};

struct in_program_only {
  std::shared_ptr<int> shared;
  std::function<void()> call;
};

} // namespace cafnode::process_test

CAFNODE_BEGIN_MESSAGES(tests)

CAFNODE_ADD_MESSAGE(tests, cafnode::process_test::leg)
CAFNODE_ADD_MESSAGE(tests, cafnode::process_test::order_seen)
CAFNODE_ADD_MESSAGE(tests, cafnode::process_test::stop_all)

CAFNODE_END_MESSAGES(tests)

CAFNODE_LOCAL_MESSAGE(cafnode::process_test::in_program_only)

using namespace cafnode;
using namespace cafnode::process_test;
using process::may_cross_nodes_v;

// A message with floating point does not compile: CAFNODE_ADD_MESSAGE asserts this very trait.
static_assert(!may_cross_nodes_v<float> && !may_cross_nodes_v<double> && !may_cross_nodes_v<long double>);
static_assert(!may_cross_nodes_v<with_double>);
static_assert(!may_cross_nodes_v<with_float_deep>);
static_assert(!may_cross_nodes_v<std::pair<int, std::array<float, 2>>>);
static_assert(!may_cross_nodes_v<std::tuple<std::string, double>>);
static_assert(!may_cross_nodes_v<std::chrono::duration<double>>);
static_assert(!may_cross_nodes_v<with_steady_time>);
static_assert(!may_cross_nodes_v<silent_about_fields>);
static_assert(!may_cross_nodes_v<std::shared_ptr<int>>);
static_assert(may_cross_nodes_v<order_seen> && may_cross_nodes_v<stop_all> && may_cross_nodes_v<base::decimal>);

// Blocks lie side by side, so that two can never give one number to two types.
static_assert(process::first_message_id(process::message_block::process) == caf::first_custom_type_id);
static_assert(process::first_message_id(process::message_block::supervision) + process::block_size ==
              process::first_message_id(process::message_block::session));
static_assert(caf::type_id<leg>::value == process::first_message_id(process::message_block::tests));
static_assert(caf::type_id<stop_all>::value == caf::type_id<leg>::value + 2);

namespace {

process::system_config config_with_messages() {
  process::system_config config{1};
  config.add_message_types<caf::id_block::cafnode_tests>();
  return config;
}

} // namespace

SCENARIO("a message of the wire comes back from it as it was") {
  GIVEN("a message with every kind of field, at the ends of their ranges") {
    auto config = config_with_messages();
    caf::actor_system system{config};
    order_seen sent{std::numeric_limits<std::uint64_t>::max(), side::sell, {}, {}, {}, {}};
    sent.legs = {{base::decimal::from_raw(std::numeric_limits<std::int64_t>::min()), "deribit"},
                 {base::decimal::from_raw(-1), ""}};
    sent.counts = {{"a", -1}, {"b", 2}};
    sent.waited = std::chrono::milliseconds{1500};
    sent.at = std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{1'700'000'000'123'456}};

    WHEN("it is written and read") {
      std::vector<char> bytes;
      caf::binary_serializer writer{system, bytes};
      REQUIRE_FALSE(writer(sent));
      order_seen got;
      caf::binary_deserializer reader{system, bytes};
      REQUIRE_FALSE(reader(got));

      THEN("nothing has changed") {
        CHECK(got.id == sent.id);
        CHECK(got.which == side::sell);
        REQUIRE(got.legs.size() == 2);
        CHECK(got.legs[0].price == sent.legs[0].price);
        CHECK(got.legs[0].venue == "deribit");
        CHECK(got.legs[1].price == base::decimal::from_raw(-1));
        CHECK(got.counts == sent.counts);
        REQUIRE(got.waited);
        CHECK(*got.waited == std::chrono::milliseconds{1500});
        CHECK(got.at == sent.at);
      }
    }
  }
}

SCENARIO("a local message carries what cannot be written") {
  GIVEN("a process that calls what it is given") {
    virtual_time::virtual_world world;
    const auto callee = world.spawn_function("callee", [](process::process_base&) -> caf::behavior {
      return {[](const in_program_only& message) { message.call(); }};
    });

    WHEN("it gets a function and a shared value") {
      const auto shared = std::make_shared<int>(0);
      process::tell_anonymous(callee, in_program_only{shared, [&shared] { ++*shared; }});
      world.run();

      THEN("it is called once and nothing is kept") {
        CHECK(*shared == 1);
        CHECK(shared.use_count() == 1);
      }
    }
  }
}
