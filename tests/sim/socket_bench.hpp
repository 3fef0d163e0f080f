#pragma once

#include "runtime/base/time.hpp"
#include "sim/exchange_server.hpp"
#include "tests/sim/bench_types.hpp"
#include "tests/sim/still_exchange.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cafnode::sim {

/// The machine's clock, which a test may push on.
class pushed_clock final : public base::clock_source {
public:
  [[nodiscard]] base::moment now() const override;

  void push(base::duration span) { ahead_ += span; }

private:
  base::duration ahead_{};
};

/// An exchange on a free port, without a market, all on the thread of the test: whoever waits turns the loop.
class socket_bench {
public:
  explicit socket_bench(settings rules = {});
  ~socket_bench();

  class client;

  std::unique_ptr<client> connect();
  http_reply_text http(std::string_view method, std::string_view target, std::string_view body = "",
                       std::string_view authorization = "");
  boost::json::value control(std::string_view method, std::string_view target, std::string_view body = "");

  /// Turns the loop until `done` says so; false when that did not happen within a wide limit.
  template<class Done>
  bool turn_until(const Done& done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit)
        return false;
      turn_once();
    }
    return true;
  }

  /// Turns the loop for a real while, where nothing must happen.
  void turn_for(std::chrono::milliseconds span);

  void turn_once();
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::uint16_t control_port() const;

  /// Sends bytes as they are and gives back all that comes until the other side ends, or is silent for `quiet`.
  std::string raw(std::uint16_t port, std::string_view bytes,
                  std::chrono::milliseconds quiet = std::chrono::milliseconds{300});

  /// Stops the exchange. What its audit log holds.
  std::string take_audit();

  pushed_clock clock;
  still_exchange market;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// A WebSocket client of its own making: Beast, synchronous in look, on the bench's loop.
class socket_bench::client {
public:
  explicit client(socket_bench& bench);
  ~client();

  [[nodiscard]] bool connected() const;
  [[nodiscard]] int upgrade_status() const;
  [[nodiscard]] std::string address() const;

  void send(std::string_view text);
  void send_raw(std::string_view bytes); // below the WebSocket
  void ping(std::string_view payload);

  /// Calls a method and waits for its answer.
  boost::json::object call(std::string_view method, std::string_view params = "{}");
  void login(std::string_view key = "sim-key", std::string_view secret = "sim-secret");

  /// The next frame; no value when none came within `limit`.
  std::optional<std::string> next(std::chrono::milliseconds limit = std::chrono::milliseconds{10'000});

  /// The next frame whose text holds `part`; others are dropped.
  std::optional<std::string> next_with(std::string_view part,
                                       std::chrono::milliseconds limit = std::chrono::milliseconds{10'000});

  ending wait_end();
  void drop(bool hard);
  void close();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace cafnode::sim
