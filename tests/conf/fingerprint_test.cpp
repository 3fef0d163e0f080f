#include "conf/fingerprint.hpp"

#include <doctest/doctest.h>

using namespace cafnode::conf;

namespace {

exchange_config some() {
  auto config = built_in_config();
  return config.exchanges.front();
}

} // namespace

SCENARIO("a changed value shows in the number of its effect, and in no other") {
  const auto before = some();
  auto after = before;
  WHEN("a running connection can take it over") {
    after.orders.in_flight_max += 1;
    CHECK(fingerprint(after, apply_effect::live) != fingerprint(before, apply_effect::live));
    CHECK(fingerprint(after, apply_effect::restart_child) == fingerprint(before, apply_effect::restart_child));
  }
  WHEN("it takes a restart") {
    after.url.port += 1;
    CHECK(fingerprint(after, apply_effect::live) == fingerprint(before, apply_effect::live));
    CHECK(fingerprint(after, apply_effect::restart_child) != fingerprint(before, apply_effect::restart_child));
  }
  WHEN("it is of the connection") {
    after.connections[0].channels.emplace_back("book.X.raw");
    CHECK(fingerprint(after.connections[0], apply_effect::live) !=
          fingerprint(before.connections[0], apply_effect::live));
    CHECK(fingerprint(after, apply_effect::live) == fingerprint(before, apply_effect::live));
  }
}

SCENARIO("every key of an exchange and of a connection is in one of the numbers, but for names, counts and copies") {
  for (const auto& key : schema()) {
    CAPTURE(key.path);
    auto exchange = some();
    auto connection = exchange.connections[0];
    const scopes of{nullptr, &exchange, &connection};
    const bool left_out = key.path == "name" || key.path == "count" ||
                          (key.in == scope::exchange && key.path.starts_with("auth.")) || key.in == scope::node;
    const auto sum = [&] {
      return key.in == scope::exchange ? fingerprint(exchange, key.effect) : fingerprint(connection, key.effect);
    };
    const auto before = key.in == scope::node ? 0 : sum();
    if (key.in == scope::node)
      continue;
    std::visit(
        [](auto& value) {
          using type = std::remove_cvref_t<decltype(value)>;
          if constexpr (std::is_same_v<type, size_field>)
            *value.bytes += 1;
          else if constexpr (std::is_same_v<type, bool*>)
            *value = !*value;
          else if constexpr (std::is_same_v<type, std::string*>)
            *value += "x";
          else if constexpr (std::is_same_v<type, std::chrono::milliseconds*>)
            *value += std::chrono::milliseconds{1};
          else if constexpr (std::is_same_v<type, std::vector<std::string>*>)
            value->emplace_back("x");
          else if constexpr (std::is_same_v<type, secret_reference*>)
            value->name += "x";
          else if constexpr (std::is_same_v<type, text_source*>)
            value->literal += "x";
          else if constexpr (std::is_enum_v<std::remove_pointer_t<type>>)
            *value = static_cast<std::remove_pointer_t<type>>(static_cast<int>(*value) == 0 ? 1 : 0);
          else
            *value += 1;
        },
        *std::make_unique<field>(key.at(of)));
    if (key.path == "venue")
      continue; // there is one
    CHECK((sum() != before) == !left_out);
  }
}

SCENARIO("two texts beside each other are not one") {
  auto one = some().connections[0];
  auto other = one;
  one.channels = {"ab", "c"};
  other.channels = {"a", "bc"};
  CHECK(fingerprint(one, apply_effect::live) != fingerprint(other, apply_effect::live));
}
