#pragma once

#include "sim/market/exact_json.hpp"
#include "sim/market/inspection.hpp"
#include "sim/market/make_exchange.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::test {

using namespace std::chrono_literals;
namespace json = boost::json;

/// Keeps what the exchange audits, as {kind, fields}.
class audit_memory final : public sim::audit_sink {
public:
  void record(std::string_view kind, const json::object& fields) override { lines.emplace_back(kind, fields); }

  [[nodiscard]] std::size_t count(std::string_view kind) const {
    std::size_t found = 0;
    for (const auto& [name, fields] : lines)
      found += name == kind ? 1U : 0U;
    return found;
  }

  std::vector<std::pair<std::string, json::object>> lines;
};

inline sim::exchange_options still_market() {
  sim::exchange_options options;
  options.market_tick_ms = 0;
  options.exponent_percent = 0;
  return options;
}

/// An exchange with clocks that the test turns itself.
struct exchange_world {
  explicit exchange_world(sim::exchange_options options = still_market())
      : venue{sim::make_exchange(std::move(options), audit, now)} {}

  static base::moment start() {
    return {base::time_point{} + 1h, base::wall_time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}} + 12h};
  }

  void pass(base::duration span) {
    now = now + span;
    venue->step(now);
  }

  sim::rpc_answer call(std::string_view method, std::string_view params, std::string account = "alice",
                       std::uint64_t connection = 1) {
    const auto read = sim::parse_exact(params);
    REQUIRE_MESSAGE(read.has_value(), params);
    return venue->call({connection, std::move(account)}, method, read.value().as_object(), now);
  }

  /// The result of a call that has to succeed.
  json::value good(std::string_view method, std::string_view params, std::string account = "alice",
                   std::uint64_t connection = 1) {
    auto answer = call(method, params, std::move(account), connection);
    REQUIRE_MESSAGE(answer.error.code == 0,
                    answer.error.message << " " << sim::write_exact(answer.error.data) << " for " << params);
    return std::move(answer.result);
  }

  /// The error code of a call that has to fail.
  int bad(std::string_view method, std::string_view params, std::string account = "alice") {
    return call(method, params, std::move(account)).error.code;
  }

  json::object order(std::string_view side, std::string_view price, std::string_view amount, std::string more = "",
                     std::string account = "alice", std::uint64_t connection = 1,
                     std::string_view instrument = "BTC-PERPETUAL") {
    const auto params = R"({"instrument_name":")" + std::string{instrument} + R"(","price":)" + std::string{price} +
                        R"(,"amount":)" + std::string{amount} + more + "}";
    return good("private/" + std::string{side}, params, std::move(account), connection).as_object();
  }

  audit_memory audit;
  base::moment now = start();
  std::unique_ptr<sim::exchange> venue;
};

inline std::string text_at(const json::value& object, std::string_view name) {
  const auto* value = object.as_object().if_contains({name.data(), name.size()});
  REQUIRE_MESSAGE(value != nullptr, name);
  auto text = sim::write_exact(*value);
  return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
}

inline std::string id_of(const json::object& outcome) {
  return text_at(outcome.at("order"), "order_id");
}

} // namespace cafnode::test
