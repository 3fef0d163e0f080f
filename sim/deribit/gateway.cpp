#include "sim/deribit/gateway.hpp"

#include "sim/deribit/control_api.hpp"
#include "sim/deribit/fault_desk.hpp"
#include "sim/deribit/feed_desk.hpp"
#include "sim/deribit/gateway_core.hpp"
#include "sim/deribit/request_desk.hpp"
#include "sim/deribit/session_desk.hpp"
#include "sim/wire/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace cafnode::sim {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds sessions_every{50};
constexpr std::chrono::milliseconds close_answer_limit{1000};
constexpr int too_many_connections = 429;

class gateway_impl final : public gateway, public connection_events {
public:
  gateway_impl(asio::io_context& io, gateway_options options, const base::clock_source& clock, audit_log& audit,
               exchange& market)
      : core_{io, options.rules, clock, audit, market, options.seed},
        options_{std::move(options)},
        feeds_{core_},
        sessions_{core_},
        faults_{core_, feeds_},
        requests_{core_, sessions_, feeds_},
        control_{core_, faults_, feeds_, sessions_},
        timer_{io} {
    add_accounts();
  }

  ~gateway_impl() override { stop(); }

  [[nodiscard]] std::optional<start_fault> start();

  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }

  [[nodiscard]] std::uint16_t control_port() const noexcept override { return control_port_; }

  void stop() override;

private:
  void on_call(connection& from, http_call call) override;
  void on_message(connection& from, std::string_view text) override;
  void on_oversized(connection& from) override;
  void on_too_slow(connection& from) override;
  void on_closed(connection& from, const close_report& why) override;

  void add_accounts();
  void on_accept(asio::ip::tcp::socket socket);
  void on_upgrade(peer& from, const http_call& call);
  void refuse_upgrade(peer& from, int status);
  void arm();
  void tick();
  void watch_lines(base::time_point now);
  void watch_line(peer& one, base::time_point now);

  gateway_core core_;
  gateway_options options_;
  feed_desk feeds_;
  session_desk sessions_;
  fault_desk faults_;
  request_desk requests_;
  control_api control_;
  asio::steady_timer timer_;
  std::shared_ptr<listener> listener_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); // posted work checks it
  std::uint16_t port_ = 0;
  std::uint16_t control_port_ = 0;
  base::time_point sessions_due_{};
  bool stopped_ = false;
};

void gateway_impl::add_accounts() {
  core_.accounts.add({"sim-key", "sim-key", base::secret{"sim-secret"}});
  for (std::int64_t number = 1; number <= core_.options.accounts; ++number) {
    const std::string name = fmt::format("sim-key-{}", number);
    core_.accounts.add({name, name, base::secret{fmt::format("sim-secret-{}", number)}});
  }
}

std::optional<start_fault> gateway_impl::start() {
  auto opened = listener::open(core_.io, options_.address, options_.port,
                               [this](asio::ip::tcp::socket socket) { on_accept(std::move(socket)); });
  if (!opened)
    return start_fault{opened.fault().text, opened.fault().port_in_use};
  listener_ = std::move(opened).value();
  port_ = listener_->port();
  if (options_.control_port) {
    if (auto fault = control_.start(*options_.control_port))
      return start_fault{fault->text, fault->port_in_use};
    control_port_ = control_.port();
  }
  faults_.schedule(options_.script);
  core_.audit.record("started", {{"port", port_}, {"control_port", control_port_}, {"tls", options_.tls != nullptr}});
  arm();
  return std::nullopt;
}

void gateway_impl::stop() {
  if (stopped_)
    return;
  stopped_ = true;
  timer_.cancel();
  if (listener_)
    listener_->stop();
  control_.stop();
  core_.tasks.clear();
  std::vector<std::shared_ptr<connection>> open;
  for (auto& [id, one] : core_.peers)
    open.push_back(one.line);
  for (const auto& line : open) {
    line->close(1001, "going away");
    line->expire_close();
  }
  *alive_ = false;
  core_.audit.record("stopped", {});
}

void gateway_impl::on_accept(asio::ip::tcp::socket socket) {
  boost::system::error_code fault;
  const auto remote = socket.remote_endpoint(fault);
  if (fault)
    return; // gone already
  const std::uint64_t id = core_.next_connection++;
  peer fresh;
  fresh.address = remote.address().to_string();
  fresh.opened = core_.now().steady;
  const connection_limits limits{static_cast<std::size_t>(core_.options.request_bytes_max), 16 * 1024,
                                 static_cast<std::size_t>(core_.options.outbound_queue_limit)};
  fresh.line =
      std::make_shared<connection>(id, fmt::format("{}:{}", fresh.address, remote.port()),
                                   std::make_unique<transport>(std::move(socket), options_.tls.get()), *this, limits);
  ++core_.open_per_address[fresh.address];
  const auto line = fresh.line;
  core_.peers.emplace(id, std::move(fresh));
  line->start();
}

void gateway_impl::on_call(connection& from, http_call call) {
  peer* one = core_.find(from.id());
  if (one == nullptr)
    return;
  const std::int64_t limit = core_.options.connections_per_ip_max;
  if (limit > 0 && core_.open_per_address[one->address] > limit)
    return refuse_upgrade(*one, too_many_connections);
  if (!call.wants_websocket())
    return requests_.on_call(*one, call);
  if (call.path != "/ws/api/v2" && call.path != "/ws/api/v2/")
    return from.respond(404, R"({"error":"the WebSocket is at /ws/api/v2"})");
  on_upgrade(*one, call);
}

void gateway_impl::on_upgrade(peer& from, const http_call& call) {
  const std::uint64_t id = from.line->id();
  if (core_.faults.strike(fault_type::ignore_upgrade, id, ""))
    return; // accepted, and never a word
  if (const auto refused = core_.faults.strike(fault_type::refuse_upgrade, id, ""))
    return refuse_upgrade(from, static_cast<int>(refused->number("status", 503)));
  from.line->upgrade(call.header("sec-websocket-key"));
  from.ws.emplace(session_clock{core_.rules_of_beat(), core_.now().steady});
  note(core_, "opened", from, {{"peer", from.line->peer()}, {"tls", options_.tls != nullptr}});
  faults_.settle(from);
}

void gateway_impl::refuse_upgrade(peer& from, int status) {
  note(core_, "upgrade_refused", from, {{"status", status}, {"peer", from.line->peer()}});
  from.line->refuse(status);
}

void gateway_impl::on_message(connection& from, std::string_view text) {
  if (peer* one = core_.find(from.id()))
    requests_.on_message(*one, text);
}

void gateway_impl::on_oversized(connection& from) {
  if (peer* one = core_.find(from.id()))
    requests_.on_oversized(*one);
}

void gateway_impl::on_too_slow(connection& from) {
  if (peer* one = core_.find(from.id()))
    note(core_, "too_slow", *one, {{"queued_bytes", from.queued_bytes()}});
  from.close(static_cast<int>(core_.options.too_slow_close_code), "connection_too_slow");
}

void gateway_impl::on_closed(connection& from, const close_report& why) {
  peer* one = core_.find(from.id());
  if (one == nullptr)
    return;
  if (--core_.open_per_address[one->address] == 0)
    core_.open_per_address.erase(one->address);
  if (one->ws) {
    const std::string_view reason = is_utf8(why.reason) ? std::string_view{why.reason} : std::string_view{"?"};
    note(core_, "closed", *one, {{"code", why.code}, {"reason", reason}, {"by", why.by}});
    ++core_.sessions_closed;
    core_.beats_of_closed.add(one->ws->beats);
    feeds_.forget(from.id());
    if (!stopped_)
      sessions_.after_close(*one);
    core_.accounts.forget_connection(from.id());
  }
  // Whoever is serving this connection further up the stack still holds a reference to it.
  asio::post(core_.io, [this, alive = alive_, id = from.id()] {
    if (*alive)
      core_.peers.erase(id);
  });
}

void gateway_impl::arm() {
  timer_.expires_after(std::chrono::milliseconds{core_.options.step_ms});
  timer_.async_wait([this, alive = alive_](boost::system::error_code fault) {
    if (fault || !*alive)
      return;
    tick();
    arm();
  });
}

void gateway_impl::tick() {
  const base::moment now = core_.now();
  core_.market.step(now);
  feeds_.pump();
  faults_.tick();
  if (now.steady < sessions_due_)
    return;
  sessions_due_ = now.steady + sessions_every;
  sessions_.tick();
  watch_lines(now.steady);
}

void gateway_impl::watch_lines(base::time_point now) {
  std::vector<std::uint64_t> ids; // a close changes the map
  for (const auto& [id, one] : core_.peers)
    if (!one.ws || !one.line->is_open())
      ids.push_back(id);
  for (const std::uint64_t id : ids)
    if (peer* one = core_.find(id))
      watch_line(*one, now);
}

void gateway_impl::watch_line(peer& one, base::time_point now) {
  const auto age = now - one.opened;
  const bool silent = !one.line->has_spoken() && age > std::chrono::milliseconds{core_.options.handshake_timeout_ms};
  if (one.line->is_open() && (silent || age > std::chrono::milliseconds{core_.options.http_recycle_ms}))
    return one.line->finish("server");
  if (one.line->is_open())
    return;
  if (one.closing_since == base::time_point{})
    one.closing_since = now;
  if (now - one.closing_since > close_answer_limit)
    one.line->expire_close();
}

} // namespace

base::result<std::unique_ptr<gateway>, start_fault> make_gateway(asio::io_context& io, gateway_options options,
                                                                 const base::clock_source& clock, audit_log& audit,
                                                                 exchange& market) {
  auto made = std::make_unique<gateway_impl>(io, std::move(options), clock, audit, market);
  if (auto fault = made->start())
    return base::failure{std::move(*fault)};
  return std::unique_ptr<gateway>{std::move(made)};
}

} // namespace cafnode::sim
