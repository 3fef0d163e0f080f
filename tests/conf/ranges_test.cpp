#include "tests/conf/document_of_key.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <optional>
#include <vector>

using namespace cafnode::conf;
using namespace std::chrono_literals;

namespace {

/// A number of this key's form, as one writes it; none where the form is no number.
std::optional<std::string> written(const key& of, std::int64_t number) {
  switch (of.form) {
  case value_form::integer:
    return fmt::to_string(number);
  case value_form::duration:
    return fmt::format("{}ms", number);
  case value_form::size:
    return fmt::format("{}B", number);
  default:
    return std::nullopt;
  }
}

/// A text of so many bytes that this key takes in every other respect; none where the form is no text of any length.
std::optional<std::string> text_of(const key& of, std::int64_t bytes) {
  if (bytes < 1 || (of.form != value_form::text && of.form != value_form::name))
    return std::nullopt;
  return (of.form == value_form::name ? "a" : "/") + std::string(static_cast<std::size_t>(bytes - 1), 'a');
}

loaded loaded_with(const key& of, const std::string& value) {
  return load_text("f.yaml", document_with(of, &value));
}

bool takes(const key& of, const std::string& value) {
  return fault_of_form(loaded_with(of, value), of) == nullptr;
}

/// Every key's value in a configuration of one exchange with one connection, as it is written.
std::vector<std::string> values_of(node_config config) {
  std::vector<std::string> all;
  REQUIRE(config.exchanges.size() == 1);
  REQUIRE(config.exchanges[0].connections.size() == 1);
  const scopes objects{&config, &config.exchanges[0], &config.exchanges[0].connections[0]};
  for (const auto& each : schema())
    all.push_back(write_value(each.at(objects)));
  return all;
}

} // namespace

SCENARIO("each number is taken from the first to the last of its range, and not one further") {
  std::size_t numbers = 0;
  for (const auto& each : schema()) {
    const auto low = written(each, each.low), high = written(each, each.high);
    if (!low)
      continue;
    CAPTURE(each.path);
    CHECK(takes(each, *low));
    CHECK(takes(each, *high));
    CHECK_FALSE(takes(each, *written(each, each.low - 1)));
    if (each.high < INT64_MAX)
      CHECK_FALSE(takes(each, *written(each, each.high + 1)));
    ++numbers;
  }
  CHECK(numbers >= 25);
}

SCENARIO("each text is taken up to its longest, and not one byte more") {
  std::size_t texts = 0;
  for (const auto& each : schema()) {
    const auto longest = text_of(each, each.high);
    if (!longest)
      continue;
    CAPTURE(each.path);
    CHECK(takes(each, *longest));
    CHECK_FALSE(takes(each, *text_of(each, each.high + 1)));
    CHECK_FALSE(takes(each, "''"));
    ++texts;
  }
  CHECK(texts >= 10);
}

SCENARIO("what is written at a key of an exchange is what the node gets there") {
  const auto read = load_text("f.yaml", R"(
apiVersion: caf-node/v1
kind: Node
drain_timeout: 11s
exchanges:
  - name: x
    venue: deribit
    url: {host: ex.test, port: 1234, path: /ws, tls: true, ca_file: /ca.pem}
    auth: {method: client_signature, client_id: me, client_secret: {from: env, name: SECRET}}
    heartbeat: {interval: 12s, answer_deadline: 1300ms, silence_limit: 41s}
    connect: {deadline: 15s, backoff: {first: 160ms, cap: 17s, jitter_percent: 18}}
    cancel_on_disconnect: false
    rate: {matching: {per_second: 19, burst: 20}, other: {credits: 2100, per_second: 2200}, use_percent: 23}
    orders: {in_flight_max: 24, valid_for: 25s, answer_deadline: 2600ms}
    restart: {intensity: 27, period: 28s}
    limits: {frame_max: 29MiB, send_queue_max: 30MiB}
    connections:
      - {name: c, account: main-2, channels: [ticker.A.raw], count: 3}
)");
  CAPTURE(format_faults(read.faults));
  REQUIRE(read.usable());
  CHECK(read.config.drain_timeout == 11s);
  REQUIRE(read.config.exchanges.size() == 1);
  const auto& x = read.config.exchanges[0];
  CHECK(x.url.host == "ex.test");
  CHECK(x.url.port == 1234);
  CHECK(x.url.path == "/ws");
  CHECK(x.url.tls);
  CHECK(x.url.ca_file == "/ca.pem");
  CHECK(x.auth.method == auth_method::client_signature);
  CHECK(x.auth.client_id.literal == "me");
  CHECK(x.auth.client_secret == secret_reference{secret_origin::env, "SECRET"});
  CHECK(x.heartbeat.interval == 12s);
  CHECK(x.heartbeat.answer_deadline == 1300ms);
  CHECK(x.heartbeat.silence_limit == 41s);
  CHECK(x.connect.deadline == 15s);
  CHECK(x.connect.backoff.first == 160ms);
  CHECK(x.connect.backoff.cap == 17s);
  CHECK(x.connect.backoff.jitter_percent == 18);
  CHECK_FALSE(x.cancel_on_disconnect);
  CHECK(x.rate.matching_per_second == 19);
  CHECK(x.rate.matching_burst == 20);
  CHECK(x.rate.other_credits == 2100);
  CHECK(x.rate.other_per_second == 2200);
  CHECK(x.rate.use_percent == 23);
  CHECK(x.orders.in_flight_max == 24);
  CHECK(x.orders.valid_for == 25s);
  CHECK(x.orders.answer_deadline == 2600ms);
  CHECK(x.restart.intensity == 27);
  CHECK(x.restart.period == 28s);
  CHECK(x.limits.frame_bytes_max == std::uint64_t{29} << 20U);
  CHECK(x.limits.send_queue_bytes_max == std::uint64_t{30} << 20U);
  REQUIRE(x.connections.size() == 1);
  CHECK(x.connections[0].account == "main-2");
  CHECK(x.connections[0].channels == std::vector<std::string>{"ticker.A.raw"});
  CHECK(x.connections[0].count == 3);
}

SCENARIO("a file that sets nothing gives what the structs begin with") {
  const auto read = load_text("f.yaml", R"(
apiVersion: caf-node/v1
kind: Node
exchanges:
  - name: x
    venue: deribit
    url: {host: 127.0.0.1, port: 9443, tls: false}
    auth: {method: none}
    connections: [{name: c}]
)");
  REQUIRE(read.usable());
  auto plain = node_config{};
  auto& x = plain.exchanges.emplace_back();
  x.name = "x";
  x.auth.method = auth_method::none;
  auto& c = x.connections.emplace_back();
  c.name = "c";
  c.auth = x.auth;
  CHECK(values_of(read.config) == values_of(plain));
}
