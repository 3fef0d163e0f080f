#include "sim/deribit/exchange_front.hpp"

#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace cafnode::sim {

namespace {

constexpr std::chrono::milliseconds sessions_every{50};
constexpr std::chrono::milliseconds close_answer_limit{1000};
constexpr int too_many_connections = 429;

} // namespace

exchange_front::exchange_front(front_options options, const base::clock_source& clock, alarm& bell, audit_log& audit,
                               exchange& market)
    : core_{std::move(options.rules), clock, bell, audit, market, options.seed},
      script_{std::move(options.script)},
      feeds_{core_},
      sessions_{core_},
      faults_{core_, feeds_},
      requests_{core_, sessions_, feeds_},
      control_{core_, faults_, feeds_} {
  add_accounts();
}

exchange_front::~exchange_front() {
  stop();
}

void exchange_front::add_accounts() {
  core_.accounts.add({"sim-key", "sim-key", base::secret{"sim-secret"}});
  for (std::int64_t number = 1; number <= core_.options.accounts; ++number) {
    const std::string name = fmt::format("sim-key-{}", number);
    core_.accounts.add({name, name, base::secret{fmt::format("sim-secret-{}", number)}});
  }
}

void exchange_front::start() {
  faults_.schedule(std::exchange(script_, {}));
  tick_due_ = core_.clock.now().steady + std::chrono::milliseconds{core_.options.step_ms};
  core_.arm(tick_due_);
}

void exchange_front::run() {
  for (const std::uint64_t id : std::exchange(gone_, {}))
    core_.clients.erase(id);
  if (stopped_)
    return;
  const auto now = core_.clock.now().steady;
  core_.tasks.run(now);
  if (tick_due_ <= now) {
    tick();
    tick_due_ = core_.clock.now().steady + std::chrono::milliseconds{core_.options.step_ms};
  }
  core_.arm(tick_due_);
}

void exchange_front::stop() {
  if (stopped_)
    return;
  stopped_ = true;
  core_.tasks.clear();
  std::vector<std::shared_ptr<line>> open;
  for (auto& [id, one] : core_.clients)
    open.push_back(one.line);
  for (const auto& each : open) {
    each->close(1001, "going away");
    each->expire_close();
  }
  core_.audit.record("stopped", {});
}

line_limits exchange_front::limits() const {
  return {static_cast<std::size_t>(core_.options.request_bytes_max), 16 * 1024,
          static_cast<std::size_t>(core_.options.outbound_queue_limit)};
}

void exchange_front::welcome(std::shared_ptr<line> fresh, std::string address) {
  const std::uint64_t id = fresh->id();
  ++core_.open_per_address[address];
  client& one = core_.clients[id];
  one.address = std::move(address);
  one.opened = core_.now().steady;
  one.line = std::move(fresh);
}

void exchange_front::on_call(line& from, http_call call) {
  client* one = core_.find(from.id());
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

void exchange_front::on_upgrade(client& from, const http_call& call) {
  const std::uint64_t id = from.line->id();
  if (core_.faults.strike(fault_type::ignore_upgrade, id, ""))
    return; // accepted, and never a word
  if (const auto refused = core_.faults.strike(fault_type::refuse_upgrade, id, ""))
    return refuse_upgrade(from, static_cast<int>(refused->number("status", 503)));
  from.line->upgrade(call);
  from.ws.emplace(session_clock{core_.rules_of_beat(), core_.now().steady});
  note(core_, "opened", from, {{"peer", from.line->peer()}, {"tls", from.line->is_encrypted()}});
  faults_.settle(from);
}

void exchange_front::refuse_upgrade(client& from, int status) {
  note(core_, "upgrade_refused", from, {{"status", status}, {"peer", from.line->peer()}});
  from.line->refuse(status);
}

void exchange_front::on_message(line& from, std::string_view text) {
  if (client* one = core_.find(from.id()))
    requests_.on_message(*one, text);
}

void exchange_front::on_oversized(line& from) {
  if (client* one = core_.find(from.id()))
    requests_.on_oversized(*one);
}

void exchange_front::on_too_slow(line& from) {
  if (client* one = core_.find(from.id()))
    note(core_, "too_slow", *one, {{"queued_bytes", from.queued_bytes()}});
  from.close(static_cast<int>(core_.options.too_slow_close_code), "connection_too_slow");
}

void exchange_front::on_closed(line& from, const close_report& why) {
  client* one = core_.find(from.id());
  if (one == nullptr)
    return;
  if (--core_.open_per_address[one->address] == 0)
    core_.open_per_address.erase(one->address);
  gone_.push_back(from.id());
  if (!one->ws)
    return;
  const std::string_view reason = base::is_utf8(why.reason) ? std::string_view{why.reason} : std::string_view{"?"};
  note(core_, "closed", *one, {{"code", why.code}, {"reason", reason}, {"by", why.by}});
  ++core_.sessions_closed;
  core_.beats_of_closed.add(one->ws->beats);
  feeds_.forget(from.id());
  if (!stopped_)
    sessions_.after_close(*one);
  core_.accounts.forget_connection(from.id());
}

void exchange_front::tick() {
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

void exchange_front::watch_lines(base::time_point now) {
  std::vector<std::uint64_t> ids; // a close changes the map
  for (const auto& [id, one] : core_.clients)
    if (!one.ws || !one.line->is_open())
      ids.push_back(id);
  for (const std::uint64_t id : ids)
    if (client* one = core_.find(id))
      watch_line(*one, now);
}

void exchange_front::watch_line(client& one, base::time_point now) {
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

} // namespace cafnode::sim
