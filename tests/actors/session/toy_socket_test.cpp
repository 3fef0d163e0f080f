#include "runtime/host/actor_host.hpp"
#include "tests/actors/session/toy_world.hpp"
#include "tests/support/net_peer.hpp"

#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

using namespace cafnode;
using namespace std::chrono_literals;
namespace toy = test::toy;

// The toy venue over two real sockets, on a real I/O thread and in real time.

namespace {

/// Two listeners, one a lane, with one exchange behind them.
class toy_server {
public:
  explicit toy_server(const base::clock_source& clock) : clock_{clock} {}

  [[nodiscard]] std::uint16_t port(venues::lane lane) const { return lane == toy::news ? news_.port() : trade_.port(); }

  /// Ends the connection of this lane by a close frame.
  void cut(venues::lane lane) {
    const std::lock_guard one_at_a_time{mutex_};
    if (conns_.at(lane) != nullptr)
      conns_.at(lane)->write(test::server_frame("\x03\xe9", 0x88));
  }

  [[nodiscard]] std::size_t orders() {
    const std::lock_guard one_at_a_time{mutex_};
    return exchange_.orders.size();
  }

private:
  void serve(venues::lane lane, test::net_conn& conn) {
    const auto request = conn.accept_upgrade();
    if (request.find(lane == toy::news ? "GET /news " : "GET /trade ") == std::string::npos)
      return conn.close();
    {
      const std::lock_guard one_at_a_time{mutex_};
      conns_.at(lane) = &conn;
      conn.write(test::server_frame("now", 0x89)); // a ping
    }
    for (int opcode = 1; opcode != 8;) {
      const auto text = conn.read_frame(&opcode);
      if (text.empty())
        break;
      const std::lock_guard one_at_a_time{mutex_};
      if (opcode == 1)
        for (const auto& one : exchange_.hear(lane, text, base::to_unix_ms(clock_.now().wall)))
          if (conns_.at(one.on) != nullptr)
            conns_.at(one.on)->write(test::server_frame(one.text));
    }
    const std::lock_guard one_at_a_time{mutex_};
    conns_.at(lane) = nullptr;
  }

  const base::clock_source& clock_;
  std::mutex mutex_;
  toy::exchange exchange_;
  std::array<test::net_conn*, 2> conns_{};
  test::net_peer trade_{[this](test::net_conn& conn) { serve(toy::trade, conn); }, nullptr, 2};
  test::net_peer news_{[this](test::net_conn& conn) { serve(toy::news, conn); }, nullptr, 2};
};

/// Counts what threads other than the test's own see, and wakes it.
class tally final : public session::notice_sink, public session::market_sink {
public:
  void publish(const session::notice& happened) override {
    const std::lock_guard writing{mutex_};
    for (const auto& [name, value] : happened.fields)
      lives_ += happened.kind == session::kind::phase_changed && name == "to" && value == "live" ? 1 : 0;
    changed_.notify_all();
  }

  void on_market(std::string_view, const venues::event& happened) override {
    const std::lock_guard writing{mutex_};
    if (const auto* raw = std::get_if<venues::raw_notification>(&happened))
      pings_ += raw->channel == "ping" ? 1 : 0;
    changed_.notify_all();
  }

  [[nodiscard]] bool wait(std::size_t lives, std::size_t pings) {
    std::unique_lock reading{mutex_};
    return changed_.wait_for(reading, 20s, [&] { return lives_ >= lives && pings_ >= pings; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t lives_ = 0;
  std::size_t pings_ = 0;
};

/// Ends the host's processes before what they use goes.
struct ended_last {
  host::actor_host& host;
  caf::actor root;

  ~ended_last() { host.shutdown(root, 5s); }
};

} // namespace

SCENARIO("a venue with two sockets is live over both, takes orders, and comes back when one of them is lost") {
  const auto seen = std::make_shared<tally>();
  host::actor_host host{{.io_threads = 1, .scheduler_threads = 1}};
  toy_server server{host.clock()};
  const auto seat = host.engine().take_seat();
  auto& unit = seat.unit();
  auto config = test::toy_session();
  const auto record = std::make_shared<session::connection_record>(config.name, config.exchange, config.path);
  session::session_outside outside;
  outside.record = record;
  outside.notices = seen;
  outside.market = seen;
  outside.make_link = [&](const venues::lane_spec& lane, net::ws_link_handler& handler) {
    net::dial_options dial;
    dial.host = "127.0.0.1";
    dial.port = server.port(lane.name == "news" ? toy::news : toy::trade);
    dial.path = lane.path;
    return net::make_ws_link(unit.context(), dial, {}, handler);
  };
  outside.make_machine = []() -> base::result<std::unique_ptr<venues::machine>, std::string> {
    return toy::description().make(test::toy_machine_config());
  };
  session::connection_restarts restarts;
  restarts.pacing.backoff = {10ms, 100ms, 0};
  const auto context = std::make_shared<session::session_context>(config, outside, 1'790'000'000'000);
  auto started = supervision::start_supervisor(
      host.system(), &unit,
      session::connection_plan(context, config, unit, restarts, std::make_shared<test::event_log>()));
  REQUIRE(std::holds_alternative<supervision::started>(started));
  const ended_last ender{host, std::get<supervision::started>(started).child};
  REQUIRE(seen->wait(1, 2));

  const auto place = [&] {
    session::place_order order;
    order.instrument = "BTC";
    order.amount = base::decimal::from_raw(1'00000000);
    order.price = base::decimal::from_raw(50'000'00000000);
    session::order_outcome answer;
    caf::scoped_actor asker{host.system()};
    asker->request(record->gate(), 10s, order)
        .receive([&](const session::order_outcome& outcome) { answer = outcome; },
                 [&](const caf::error&) { answer.text = "no answer"; });
    return answer;
  };
  const auto first = place();
  CHECK(first.text.empty());
  CHECK(first.outcome == session::outcome::done);
  CHECK(first.order.order_id == "T1");

  server.cut(toy::news);
  REQUIRE(seen->wait(2, 4));
  CHECK(place().outcome == session::outcome::done);
  CHECK(server.orders() == 2);
  CHECK(record->counters.protocol_faults == 0);
}
