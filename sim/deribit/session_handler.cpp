#include "sim/deribit/session_handler.hpp"

#include "sim/deribit/rpc_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace cafnode::sim {

namespace {

constexpr std::array<std::string_view, 12> methods{"public/auth",
                                                   "public/hello",
                                                   "public/test",
                                                   "public/get_time",
                                                   "public/set_heartbeat",
                                                   "public/disable_heartbeat",
                                                   "public/fork_token",
                                                   "public/exchange_token",
                                                   "private/enable_cancel_on_disconnect",
                                                   "private/disable_cancel_on_disconnect",
                                                   "private/get_cancel_on_disconnect",
                                                   "private/logout"};

rpc_answer websocket_only() {
  return failed(10030, "must_be_websocket_request");
}

const frame_text& test_request_frame() {
  static const frame_text frame = make_frame(write_heartbeat("test_request"));
  return frame;
}

const frame_text& heartbeat_frame() {
  static const frame_text frame = make_frame(write_heartbeat("heartbeat"));
  return frame;
}

} // namespace

bool session_handler::knows(std::string_view method) noexcept {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

std::optional<rpc_answer> session_handler::call(client& who, std::string_view account, std::string_view method,
                                                const boost::json::object& params) {
  if (method == "public/test")
    return test(who, params);
  if (method == "public/get_time")
    return succeeded(base::to_unix_ms(core_.now().wall));
  if (method == "public/auth")
    return auth(who, params);
  if (method == "public/fork_token" || method == "public/exchange_token")
    return fork_token(params);
  if (!who.ws)
    return websocket_only();
  if (method == "public/hello") {
    who.ws->client_name = short_text(params, "client_name", 64);
    return succeeded(boost::json::object{{"version", core_.options.version}});
  }
  if (method == "public/set_heartbeat")
    return set_heartbeat(who, params);
  if (method == "public/disable_heartbeat") {
    who.ws->beat.disable(core_.now().steady);
    return succeeded("ok");
  }
  if (method != "private/logout")
    return cancel_on_disconnect(who, account, method, params);
  logout(who, params);
  return std::nullopt;
}

rpc_answer session_handler::auth(client& who, const boost::json::object& params) {
  const std::uint64_t id = who.line->id();
  const std::string client = short_text(params, "client_id", 64);
  const std::string grant = short_text(params, "grant_type", 32);
  boost::json::object line{{"client_id", client}, {"grant", grant}};
  const auto refused = [this, &who, &line](rpc_answer answer) {
    line["ok"] = false;
    line["code"] = answer.error.code;
    note(core_, "authenticated", who, line);
    return answer;
  };
  if (const auto fault = core_.faults.strike(fault_type::refuse_auth, id, client))
    return refused(
        failed(static_cast<int>(fault->number("code", 13004)), fault->text("message", "invalid_credentials")));
  auto outcome = core_.accounts.authenticate(params, who.ws ? id : 0, core_.now());
  if (!outcome)
    return refused({nullptr, outcome.fault()});
  login done = std::move(outcome).value();
  boost::json::object result = describe_login(done);
  if (const auto state = text_param(params, "state"))
    result["state"] = *state;
  if (who.ws) {
    const auto inherited = core_.account_cod.find(done.account);
    if (!who.ws->who && inherited != core_.account_cod.end() && inherited->second)
      who.ws->cancel_on_disconnect = true;
    who.ws->who = std::move(done);
  }
  line["ok"] = true;
  note(core_, "authenticated", who, line);
  return succeeded(std::move(result));
}

rpc_answer session_handler::fork_token(const boost::json::object& params) {
  const auto token = text_param(params, "refresh_token");
  if (!token)
    return invalid_param("refresh_token", "missing");
  auto outcome = core_.accounts.fork(*token, text_param(params, "session_name").value_or(""), core_.now().steady);
  if (!outcome)
    return {nullptr, outcome.fault()};
  return succeeded(describe_login(outcome.value()));
}

rpc_answer session_handler::test(client& who, const boost::json::object& params) const {
  if (text_param(params, "expected_result") == "exception")
    return failed(11094, "internal_server_error");
  static_cast<void>(who);
  return succeeded(boost::json::object{{"version", core_.options.version}});
}

rpc_answer session_handler::set_heartbeat(client& who, const boost::json::object& params) {
  const auto interval = integer_param(params, "interval");
  if (!interval)
    return invalid_param("interval", params.contains("interval") ? "invalid format" : "missing");
  if (*interval < core_.options.hb_interval_min_s)
    return invalid_param("interval", "value must be >= " + std::to_string(core_.options.hb_interval_min_s));
  const std::int64_t seconds = std::min<std::int64_t>(*interval, 86'400);
  who.ws->beat.set_interval(std::chrono::seconds{seconds}, core_.now().steady);
  note(core_, "heartbeat_set", who, {{"interval_s", seconds}});
  return succeeded("ok");
}

rpc_answer session_handler::cancel_on_disconnect(client& who, std::string_view account, std::string_view method,
                                                 const boost::json::object& params) {
  const std::string scope = text_param(params, "scope").value_or("connection");
  if (scope != "connection" && scope != "account")
    return invalid_param("scope", "invalid value");
  bool& of_account = core_.account_cod[std::string{account}]; // only real accounts come here
  bool& enabled = scope == "account" ? of_account : who.ws->cancel_on_disconnect;
  if (method == "private/get_cancel_on_disconnect")
    return succeeded(boost::json::object{{"scope", scope}, {"enabled", enabled}});
  enabled = method == "private/enable_cancel_on_disconnect";
  note(core_, "cancel_on_disconnect", who, {{"scope", scope}, {"enabled", enabled}});
  return succeeded("ok");
}

void session_handler::logout(client& who, const boost::json::object& params) {
  if (who.ws->who && text_param(params, "invalidate_token").value_or("true") != "false")
    core_.accounts.revoke(std::string{who.ws->who->access_token});
  who.ws->logged_out = true;
  note(core_, "logged_out", who);
  who.line->close(1000, "logout");
}

void session_handler::tick() {
  const auto now = core_.now().steady;
  std::vector<std::uint64_t> ids; // a close changes the map
  ids.reserve(core_.clients.size());
  for (const auto& [id, one] : core_.clients)
    ids.push_back(id);
  for (const std::uint64_t id : ids)
    if (client* one = core_.find(id); one != nullptr && one->ws && one->line->is_open())
      check_session(*one, now);
}

void session_handler::check_session(client& one, base::time_point now) {
  const std::uint64_t id = one.line->id();
  const auto hit = [this, id, &one](fault_type type) { return core_.faults.look(type, id, one.account()) != nullptr; };
  if (hit(fault_type::mute) || hit(fault_type::freeze) || hit(fault_type::stop_heartbeats))
    return one.ws->beat.restart(now); // a connection that is held still must not be closed for it
  const bool subscribed = core_.subscriptions.count_of(id) > 0;
  const beat_verdict due = one.ws->beat.check(now, subscribed);
  if (due.close_unanswered) {
    note(core_, "heartbeat_missed", one);
    return one.line->close(static_cast<int>(core_.options.hb_close_code), core_.options.hb_close_reason);
  }
  if (due.close_idle)
    return core_.options.idle_close_style == "tcp_reset" ? one.line->reset("server") : one.line->close(1001, "idle");
  if (due.ask) {
    ++one.ws->beats.asked;
    note(core_, "heartbeat_asked", one);
    deliver(core_, one, test_request_frame());
  }
  if (due.beat)
    deliver(core_, one, heartbeat_frame());
}

void session_handler::after_close(const client& gone) {
  if (!gone.ws || !gone.ws->who || !gone.ws->cancel_on_disconnect || gone.ws->logged_out)
    return;
  const std::uint64_t id = gone.line->id();
  const std::string account{gone.account()};
  if (core_.faults.strike(fault_type::no_cod, id, account))
    return;
  std::int64_t wait_ms = core_.chance.between(core_.options.cod_delay_min_ms, core_.options.cod_delay_max_ms);
  if (const auto late = core_.faults.strike(fault_type::late_cod, id, account))
    wait_ms = std::max<std::int64_t>(late->number("ms", 5000), 0);
  if (wait_ms == 0)
    return cancel_orders(id, account);
  core_.after(std::chrono::milliseconds{wait_ms}, [this, id, account] { cancel_orders(id, account); });
}

void session_handler::cancel_orders(std::uint64_t connection, std::string_view account) {
  const std::size_t count = core_.market.cancel_owned_by(connection, "cancel_on_disconnect", core_.now());
  core_.audit.record("cancelled_on_disconnect", {{"connection", connection}, {"account", account}, {"orders", count}});
}

} // namespace cafnode::sim
