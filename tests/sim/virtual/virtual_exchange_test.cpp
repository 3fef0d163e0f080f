#include "sim/deribit/rpc_text.hpp"
#include "sim/virtual/virtual_exchange.hpp"
#include "tests/sim/bench_types.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

using namespace cafnode;
using namespace cafnode::sim;
using namespace std::chrono_literals;

namespace {

/// A client that draws what it does: logs in, subscribes, places and cancels orders, answers test_requests, and comes
/// again when it has ended. The first two are quiet, and the first answers nothing.
class robot final : client_events {
public:
  robot(virtual_exchange& world, std::uint64_t seed, int number)
      : world_{world}, chance_{seed * 1000 + static_cast<std::uint64_t>(number)}, number_{number} {
    dial();
  }

  void act() {
    if (ended_ && chance_.chance(1, 10))
      dial();
    const bool is_quiet = number_ < 2;
    if (!line_->is_open() || is_quiet || chance_.chance(1, 2))
      return;
    switch (chance_.between(0, 20)) {
    case 0:
      return line_->cut();
    case 1:
      return ask("private/cancel_all", "{}");
    case 2:
      return ask("public/get_instruments", R"({"currency":"BTC"})");
    default:
      return place();
    }
  }

  std::string heard; // everything, in order

private:
  void on_answer(int status, std::string_view body) override { heard += fmt::format("{} {}\n", status, body); }

  void on_open() override {
    ask("public/auth", login_params("sim-key", "sim-secret"));
    ask("private/enable_cancel_on_disconnect", "{}");
    ask("public/set_heartbeat", R"({"interval":10})");
    ask("private/subscribe", R"({"channels":["user.orders.any.any.raw","ticker.BTC-PERPETUAL.100ms"]})");
  }

  void on_text(std::string_view text) override {
    heard.append(text).append("\n");
    const bool is_deaf = number_ == 0;
    if (!is_deaf && text.find("test_request") != std::string_view::npos)
      ask("public/test", "{}");
  }

  void on_binary() override { heard += "binary\n"; }

  void on_end(int code, std::string_view reason) override {
    heard += fmt::format("end {} {}\n", code, reason);
    ended_ = true;
  }

  void dial() {
    ended_ = false;
    line_ = world_.connect(*this);
    line_->upgrade();
  }

  void ask(std::string_view method, std::string_view params) {
    line_->send(request_text(std::to_string(++asked_), method, params));
  }

  void place() {
    const auto price = 60'000 + 100 * chance_.between(-5, 5);
    ask(chance_.chance(1, 2) ? "private/buy" : "private/sell",
        fmt::format(R"({{"instrument_name":"BTC-PERPETUAL","amount":10,"price":{},"label":"r{}-{}"}})", price, number_,
                    asked_));
  }

  virtual_exchange& world_;
  base::rng chance_;
  int number_;
  int asked_ = 0;
  bool ended_ = false;
  std::unique_ptr<memory_client> line_;
};

struct story {
  std::string audit;
  std::string heard;
};

fault_spec fault_at(std::int64_t at_ms, std::string_view text) {
  auto read = read_fault(parse_json(text).value().as_object());
  REQUIRE(read);
  read.value().at_ms = at_ms;
  return std::move(read).value();
}

/// 40 seconds of an exchange with a market, five clients and faults.
story live(std::uint64_t seed) {
  virtual_options options;
  options.front.seed = seed;
  options.front.rules.shuffle_ms = 30;
  options.front.script = {fault_at(3'000, R"({"type":"delay","for_ms":4000,"params":{"ms":250}})"),
                          fault_at(9'000, R"({"type":"drop_acks","count":3})"),
                          fault_at(12'000, R"({"type":"reorder_events","for_ms":3000})"),
                          fault_at(15'000, R"({"type":"close","params":{"how":"rst"}})"),
                          fault_at(30'000, R"({"type":"garble","params":{"shape":"reserved_bits"}})")};
  virtual_exchange world{options};
  std::vector<std::unique_ptr<robot>> robots;
  for (int number = 0; number < 5; ++number)
    robots.push_back(std::make_unique<robot>(world, seed, number));
  for (int turn = 0; turn < 400; ++turn) {
    world.pass(100ms);
    for (const auto& one : robots)
      one->act();
  }
  story told;
  for (const auto& one : robots)
    told.heard += one->heard;
  world.stop();
  told.audit = world.audit();
  return told;
}

} // namespace

SCENARIO("the same seed tells the same story, byte for byte") {
  const story first = live(7);
  const story again = live(7);
  CHECK(first.audit == again.audit);
  CHECK(first.heard == again.heard);
  CHECK(live(8).audit != first.audit);
  // The story is worth telling.
  for (const auto* kind : {"opened", "authenticated", "heartbeat_asked", "heartbeat_answered", "order_placed",
                           "order_filled", "cancelled_on_disconnect", "too_many_requests", "reply_dropped",
                           "fault_began", "fault_ended", "closed", "stopped"}) {
    CAPTURE(std::string{kind});
    CHECK(first.audit.find(fmt::format(R"("kind":"{}")", kind)) != std::string::npos);
  }
}

SCENARIO("time passes only as it is turned, and the audit log is dated by it") {
  virtual_options options;
  options.front.script = {fault_at(600'000, R"({"type":"maintenance"})")};
  virtual_exchange world{options};
  const auto start = world.now();
  CHECK(world.next_due() == start.steady + 5ms);
  world.pass(10min);
  CHECK(world.now().wall - start.wall == 10min);
  CHECK(world.audit().find(R"({"t_us":600000000,"at":"2026-01-01T00:10:00.000000Z","kind":"fault_began")") !=
        std::string::npos);
}

SCENARIO("a stopped exchange has nothing to do any more, and its clients hear of it") {
  virtual_exchange world{{}};
  robot one{world, 1, 1};
  world.pass(1s);
  world.stop();
  world.pass(1s);
  CHECK(one.heard.find("end 1001 going away") != std::string::npos);
  CHECK(world.next_due() == base::time_point::max());
}
