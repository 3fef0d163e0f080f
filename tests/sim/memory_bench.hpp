#pragma once

#include "sim/virtual/virtual_exchange.hpp"
#include "tests/sim/bench_types.hpp"
#include "tests/sim/still_exchange.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::sim {

/// What socket_bench is, in virtual time and without a socket: waiting is free, and everything happens at its time.
class memory_bench {
public:
  explicit memory_bench(settings rules = {});

  class client;

  std::unique_ptr<client> connect();
  http_reply_text http(std::string_view method, std::string_view target, std::string_view body = "",
                       std::string_view authorization = "");
  boost::json::value control(std::string_view method, std::string_view target, std::string_view body = "");

  /// Lets time pass until `done` says so; false when that did not happen within 20 s.
  template<class Done>
  bool turn_until(const Done& done) {
    return wait(std::chrono::seconds{20}, done);
  }

  /// The same within `limit`.
  template<class Done>
  bool wait(base::duration limit, const Done& done) {
    const auto until = world.now().steady + limit;
    while (!done()) {
      if (world.next_due() > until) {
        world.turn_to(until);
        return done();
      }
      world.turn_to(world.next_due());
    }
    return true;
  }

  void turn_for(base::duration span) { world.pass(span); }

  /// Stops the exchange. What its audit log holds.
  std::string take_audit();

  still_exchange market;
  virtual_exchange world;

  struct hands {
    virtual_exchange& world;

    [[nodiscard]] base::moment now() const { return world.now(); }

    void push(base::duration span) { world.pass(span); }
  } clock{world};
};

class memory_bench::client final : private client_events {
public:
  explicit client(memory_bench& bench);

  [[nodiscard]] bool connected() const { return open_ && !end_; }

  [[nodiscard]] int upgrade_status() const { return status_; }

  [[nodiscard]] const std::string& address() const { return line_->peer(); }

  void send(std::string_view text) { line_->send(std::string{text}); }

  boost::json::object call(std::string_view method, std::string_view params = "{}");
  void login(std::string_view key = "sim-key", std::string_view secret = "sim-secret");
  std::optional<std::string> next(base::duration limit = std::chrono::seconds{10});
  std::optional<std::string> next_with(std::string_view part, base::duration limit = std::chrono::seconds{10});
  ending wait_end();

  void drop(bool hard) {
    static_cast<void>(hard); // the exchange cannot tell
    line_->cut();
  }

  void close() { line_->close(1000, ""); }

  memory_client& line() { return *line_; }

private:
  void on_answer(int status, std::string_view body) override;

  void on_open() override { open_ = true; }

  void on_text(std::string_view text) override { frames_.emplace_back(text); }

  void on_binary() override { frames_.emplace_back("binary"); }

  void on_end(int code, std::string_view reason) override { end_ = ending{code, std::string{reason}}; }

  memory_bench& bench_;
  std::deque<std::string> frames_;
  bool open_ = false;
  int status_ = 0;
  std::optional<ending> end_;
  int next_id_ = 1;
  std::unique_ptr<memory_client> line_; // the last to be made: it calls the rest
};

} // namespace cafnode::sim
