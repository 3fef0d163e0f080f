#include "runtime/host/actor_host.hpp"
#include "tests/actors/session/toy_world.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

using namespace cafnode;
using namespace std::chrono_literals;
namespace toy = test::toy;

// The toy venue over real sockets, HTTP for its listen key included, on a real I/O thread and in real time.

namespace {

/// Three listeners, one a lane and one for HTTP, with one exchange behind them.
class toy_server {
public:
  explicit toy_server(const base::clock_source& clock) : clock_{clock} {}

  [[nodiscard]] std::uint16_t port(venues::lane lane) const { return lane == toy::news ? news_.port() : trade_.port(); }

  [[nodiscard]] std::uint16_t http_port() const { return http_.port(); }

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

  [[nodiscard]] std::size_t keys() {
    const std::lock_guard one_at_a_time{mutex_};
    return exchange_.keys.size();
  }

private:
  void serve(venues::lane lane, test::net_conn& conn) {
    const auto request = conn.accept_upgrade();
    if (!request.starts_with("GET " + path_of(lane) + " "))
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

  /// Where a lane is now: that of news behind the latest key.
  std::string path_of(venues::lane lane) {
    const std::lock_guard one_at_a_time{mutex_};
    return lane == toy::trade ? "/trade" : "/news?key=" + (exchange_.keys.empty() ? "" : exchange_.keys.back());
  }

  void serve_http(test::net_conn& conn) {
    const auto head = conn.read_until("\r\n\r\n");
    const auto words = toy::split(std::string_view{head}.substr(0, head.find('\r')), ' ');
    constexpr std::string_view field = "\r\nX-KEY: ";
    const auto from = head.find(field);
    const auto id = from == std::string::npos ? std::string{} : head.substr(from + field.size(), 3);
    toy::exchange::page page{400};
    if (words.size() == 3) {
      const std::lock_guard one_at_a_time{mutex_};
      page = exchange_.serve(words[0], words[1], id);
    }
    conn.write("HTTP/1.1 " + std::to_string(page.status) + " -\r\nContent-Length: " + std::to_string(page.body.size()) +
               "\r\n\r\n" + page.body);
    conn.wait_for_end();
  }

  const base::clock_source& clock_;
  std::mutex mutex_;
  toy::exchange exchange_;
  std::array<test::net_conn*, 2> conns_{};
  test::net_peer http_{[this](test::net_conn& conn) { serve_http(conn); }, nullptr, 2};
  test::net_peer trade_{[this](test::net_conn& conn) { serve(toy::trade, conn); }, nullptr, 2};
  test::net_peer news_{[this](test::net_conn& conn) { serve(toy::news, conn); }, nullptr, 2};
};

/// Counts what threads other than the test's own see, and wakes it.
class tally final : public session::notice_sink, public session::market_sink {
public:
  void publish(session::notice happened) override {
    const std::lock_guard writing{mutex_};
    const auto* change = std::get_if<session::fact::phase_changed>(&happened.what);
    lives_ += change != nullptr && change->to == session::phase::live ? 1 : 0;
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

session::place_order buy() {
  session::place_order order;
  order.instrument = "BTC";
  order.amount = base::decimal::from_raw(1'00000000);
  order.price = base::decimal::from_raw(50'000'00000000);
  return order;
}

} // namespace

SCENARIO(
    "a venue with two sockets, one behind a key, is live over both, takes orders, and comes back when one is lost") {
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
    auto dial = test::dial_local(server.port(lane.name == "news" ? toy::news : toy::trade));
    dial.path = lane.path;
    return net::make_ws_link(unit.context(), dial, {}, handler);
  };
  outside.make_call = [&](const venues::http_request& request, std::function<bool()> may_write,
                          std::function<void(net::http_outcome)> done) {
    return net::ask_http(unit.context(), {test::dial_local(server.http_port()), 1000, std::move(may_write)},
                         {request.method, request.target, request.headers, request.body}, std::move(done));
  };
  outside.make_machine = []() -> base::result<std::unique_ptr<venues::machine>, std::string> {
    return toy::keyed_description().make(test::toy_machine_config());
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
    session::order_outcome answer;
    caf::scoped_actor asker{host.system()};
    asker->request(record->gate(), 10s, buy())
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
  CHECK(server.keys() == 2);
  CHECK(record->counters.protocol_faults == 0);
}
