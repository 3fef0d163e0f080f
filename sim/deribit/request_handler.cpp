#include "sim/deribit/request_handler.hpp"

#include "sim/deribit/query_text.hpp"
#include "sim/deribit/signature.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace cafnode::sim {

namespace {

bool is_subscription(std::string_view method) noexcept {
  const std::size_t slash = std::min(method.find('/'), method.size() - (method.empty() ? 0 : 1));
  const std::string_view name = method.substr(std::min(slash + 1, method.size()));
  const std::string_view side = method.substr(0, slash);
  return (side == "public" || side == "private") &&
         (name == "subscribe" || name == "unsubscribe" || name == "unsubscribe_all");
}

rpc_answer unauthorized() {
  return failed(13009, "unauthorized", boost::json::object{{"reason", "invalid_token"}});
}

bool may_trade(std::string_view scope) noexcept {
  const bool limited = scope.find("trade:") != std::string_view::npos;
  return !limited || scope.find("trade:read_write") != std::string_view::npos;
}

/// Whether a fault is meant for this method: the one it names, "any", or order methods when it names none.
bool concerns(const fault_spec& fault, std::string_view method) {
  const std::string wanted = fault.text("method", "");
  return wanted.empty() ? is_matching(method) : wanted == "any" || wanted == method;
}

std::int64_t since_ms(base::duration span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

} // namespace

void request_handler::on_message(client& from, std::string_view text) {
  auto reading = read_request(text);
  const auto now = core_.now();
  ++from.ws->requests;
  request_origin origin;
  origin.connection = from.line->id();
  origin.in = now.wall;
  if (auto* refused = std::get_if<rpc_refusal>(&reading)) {
    origin.id = std::move(refused->id);
    from.ws->beat.client_spoke(false, now.steady);
    return send_reply(origin, {nullptr, std::move(refused->error)});
  }
  auto& request = std::get<rpc_request>(reading);
  const bool is_test = request.method == "public/test";
  if (is_test && core_.faults.strike(fault_type::ignore_test, origin.connection, from.account()))
    return;
  if (const auto delay = from.ws->beat.client_spoke(is_test, now.steady)) {
    ++from.ws->beats.answered;
    from.ws->beats.worst_answer = std::max(from.ws->beats.worst_answer, *delay);
    from.ws->beats.late += since_ms(*delay) > core_.options.hb_late_ms ? 1U : 0U;
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(*delay).count();
    note(core_, "heartbeat_answered", from, {{"delay_us", us}});
  }
  origin.id = std::move(request.id);
  origin.method = std::move(request.method);
  handle(from, std::move(origin), std::move(request.params));
}

void request_handler::on_oversized(client& from) {
  request_origin origin;
  origin.connection = from.line->id();
  origin.in = core_.now().wall;
  send_reply(origin, failed(-32600, "request entity too large"));
}

void request_handler::on_call(client& from, const http_call& call) {
  constexpr std::string_view root = "/api/v2";
  request_origin origin;
  origin.connection = from.line->id();
  origin.over_http = true;
  origin.in = core_.now().wall;
  if (!std::string_view{call.path}.starts_with(root) || (call.method != "GET" && call.method != "POST"))
    return from.line->respond(404, R"({"error":{"code":-32601,"message":"Method not found"}})");
  std::string_view method = std::string_view{call.path}.substr(root.size());
  method.remove_prefix(method.starts_with('/') ? 1 : 0);
  boost::json::object params;
  if (call.method == "POST" && !call.body.empty()) {
    auto reading = read_request(call.body, method);
    if (auto* refused = std::get_if<rpc_refusal>(&reading)) {
      origin.id = std::move(refused->id);
      return send_reply(origin, {nullptr, std::move(refused->error)});
    }
    auto& request = std::get<rpc_request>(reading);
    origin.id = std::move(request.id);
    origin.method = std::move(request.method);
    params = std::move(request.params);
  } else {
    params = read_query(call.query);
  }
  if (origin.method.empty())
    origin.method = method;
  rpc_error why;
  if (!identify_by_header(call, origin, why))
    return send_reply(origin, {nullptr, std::move(why)});
  handle(from, std::move(origin), std::move(params));
}

bool request_handler::identify_by_header(const http_call& call, request_origin& origin, rpc_error& why) {
  const std::string_view header = call.header("authorization");
  const std::string_view kind = header.substr(0, header.find(' '));
  const std::string_view rest = header.substr(std::min(kind.size() + 1, header.size()));
  const base::moment now = core_.now();
  base::result<login, rpc_error> who = base::failure{rpc_error{}};
  if (kind == "Basic" || kind == "basic") {
    const std::string pair = decode_base64(rest);
    const std::size_t colon = std::min(pair.find(':'), pair.size());
    who = core_.accounts.check_secret(pair.substr(0, colon), pair.substr(std::min(colon + 1, pair.size())), now.steady);
  } else if (kind == "bearer" || kind == "Bearer") {
    const login* known = core_.accounts.find(rest, 0, now.steady);
    who = known != nullptr ? base::result<login, rpc_error>{*known} : base::failure{unauthorized().error};
  } else if (kind == "deri-hmac-sha256") {
    who = core_.accounts.check_signed_call(rest, call.method + "\n" + call.target + "\n" + call.body + "\n", now);
  } else {
    return true; // nobody in particular
  }
  if (!who) {
    why = who.fault();
    return false;
  }
  origin.account = who.value().account;
  origin.scope = who.value().scope;
  return true;
}

bool request_handler::identify(client& from, request_origin& origin, const boost::json::object& params) {
  const login* who = nullptr;
  const auto now = core_.now().steady;
  const std::uint64_t on = origin.over_http ? 0 : origin.connection;
  if (const auto token = text_param(params, "access_token")) {
    who = core_.accounts.find(*token, on, now);
    if (who == nullptr)
      return false;
  } else if (from.ws && from.ws->who) {
    who = core_.accounts.find(from.ws->who->access_token, on, now);
    if (who == nullptr && std::string_view{origin.method}.starts_with("private/"))
      return false; // expired or voided
  }
  if (who != nullptr) {
    origin.account = who->account;
    origin.scope = who->scope;
  }
  return true;
}

void request_handler::handle(client& from, request_origin origin, boost::json::object params) {
  const bool is_private = std::string_view{origin.method}.starts_with("private/");
  const bool known =
      session_handler::knows(origin.method) || is_subscription(origin.method) || core_.market.knows(origin.method);
  if (!known && origin.method != "public/status")
    return send_reply(origin, failed(-32601, "Method not found"));
  if (!identify(from, origin, params) || (is_private && origin.account.empty()))
    return send_reply(origin, unauthorized());
  params.erase("access_token");
  if (!pay(from, origin) || refuse_by_fault(from, origin))
    return;
  if (is_matching(origin.method) && !may_trade(origin.scope))
    return send_reply(origin, failed(13021, "forbidden"));
  run(from, origin, params);
}

bool request_handler::pay(client& from, const request_origin& origin) {
  if (core_.faults.strike(fault_type::rate_limit, origin.connection, origin.account)) {
    too_many_requests(from, origin);
    return false;
  }
  if (origin.account.empty() || core_.credits.pay(origin.account, origin.method, core_.now().steady))
    return true;
  too_many_requests(from, origin);
  return false;
}

void request_handler::too_many_requests(client& from, const request_origin& origin) {
  note(core_, "too_many_requests", from, {{"method", origin.method}});
  const auto line = from.line; // the answer may end the connection
  send_reply(origin, failed(10028, "too_many_requests"));
  if (!origin.over_http && core_.options.too_many_requests_close_code > 0)
    line->close(static_cast<int>(core_.options.too_many_requests_close_code), "too_many_requests");
}

bool request_handler::refuse_by_fault(client& from, const request_origin& origin) {
  auto& faults = core_.faults;
  const auto hit = [&faults, &origin](fault_type type) {
    return faults.look(type, origin.connection, origin.account) != nullptr;
  };
  static_cast<void>(from);
  const bool session_method = session_handler::knows(origin.method);
  if (hit(fault_type::maintenance) && !session_method && !is_subscription(origin.method)) {
    send_reply(origin, failed(11051, "system_maintenance"));
    return true;
  }
  if (hit(fault_type::settlement) && is_matching(origin.method)) {
    send_reply(origin, failed(10041, "settlement_in_progress"));
    return true;
  }
  const auto* reject = faults.look(fault_type::reject_next, origin.connection, origin.account);
  if (reject == nullptr || !concerns(*reject, origin.method))
    return false;
  const auto used = faults.strike(fault_type::reject_next, origin.connection, origin.account);
  send_reply(origin, failed(static_cast<int>(used->number("code", 10040)), used->text("message", "retry")));
  return true;
}

void request_handler::run(client& from, const request_origin& origin, const boost::json::object& params) {
  if (session_handler::knows(origin.method)) {
    const auto line = from.line;
    const auto answer = sessions_.call(from, origin.account, origin.method, params);
    if (answer)
      reply(origin, *answer);
    return;
  }
  if (is_subscription(origin.method))
    return run_subscription(from, origin, params);
  if (execute_late(origin, params))
    return;
  if (is_matching(origin.method))
    return queue_matching(origin, params);
  execute(origin, params);
}

void request_handler::run_subscription(client& from, const request_origin& origin, const boost::json::object& params) {
  if (origin.over_http)
    return send_reply(origin, failed(10030, "must_be_websocket_request"));
  const bool is_private = std::string_view{origin.method}.starts_with("private/");
  if (std::string_view{origin.method}.ends_with("/subscribe")) {
    std::vector<std::string> fresh;
    const auto answer = feeds_.subscribe(from, origin.account, params, is_private, fresh);
    reply(origin, answer);
    if (client* still = core_.find(origin.connection))
      feeds_.send_snapshots(*still, fresh, is_private ? text_param(params, "label").value_or("") : "");
    return;
  }
  reply(origin, std::string_view{origin.method}.ends_with("_all") ? feeds_.unsubscribe_all(from, is_private)
                                                                  : feeds_.unsubscribe(from, origin.account, params));
}

void request_handler::queue_matching(const request_origin& origin, const boost::json::object& params) {
  const std::string_view method = origin.method;
  if (method.starts_with("private/cancel_all") || method == "private/cancel_by_label") {
    const auto queued_here = [&origin](const request_origin& other) {
      return other.connection == origin.connection && !std::string_view{other.method}.starts_with("private/cancel");
    };
    for (const auto& dropped : lanes_.drop(queued_here))
      send_reply(dropped.origin, failed(13666, "request_cancelled_by_user"));
  }
  if (core_.options.matching_latency_ms == 0)
    return execute(origin, params);
  const std::string lane = matching_lane(origin.account, params);
  using put = matching_queue<request_origin>::put;
  const put outcome = lanes_.add(lane, {origin, params}, static_cast<std::size_t>(core_.options.matching_queue_max));
  if (outcome == put::full)
    return send_reply(origin, failed(10047, "matching_engine_queue_full"));
  if (outcome == put::starts)
    core_.after(std::chrono::milliseconds{core_.options.matching_latency_ms}, [this, lane] { finish_matching(lane); });
}

void request_handler::finish_matching(const std::string& lane) {
  bool more = false;
  const auto done = lanes_.take(lane, more);
  if (more)
    core_.after(std::chrono::milliseconds{core_.options.matching_latency_ms}, [this, lane] { finish_matching(lane); });
  if (done)
    execute(done->origin, done->params);
}

void request_handler::execute(const request_origin& origin, const boost::json::object& params) {
  if (origin.method == "public/status" && !core_.market.knows(origin.method))
    return reply(origin, succeeded(boost::json::object{{"locked", "false"}, {"locked_indices", boost::json::array{}}}));
  const caller who{origin.over_http ? 0 : origin.connection, origin.account};
  const auto* lag =
      core_.inside == nullptr ? nullptr : core_.faults.look(fault_type::query_lag, origin.connection, origin.account);
  if (lag != nullptr)
    core_.inside->set_query_lag(std::chrono::milliseconds{std::max<std::int64_t>(lag->number("ms", 1000), 0)});
  rpc_answer answer = core_.market.call(who, origin.method, params, core_.now());
  if (lag != nullptr)
    core_.inside->set_query_lag(std::chrono::milliseconds{0});
  if (answer.error.code == answer_withheld)
    return;
  if (origin.method == "private/get_account_summary" && answer.result.is_object() && true_param(params, "extended"))
    answer.result.get_object()["limits"] = core_.credits.limits();
  const bool events_first = core_.options.events_before_reply_percent > 0 &&
                            core_.chance.chance(core_.options.events_before_reply_percent, 100);
  if (events_first)
    feeds_.pump();
  reply(origin, answer);
  feeds_.pump();
}

bool request_handler::execute_late(const request_origin& origin, const boost::json::object& params) {
  const auto* wanted = core_.faults.look(fault_type::execute_late, origin.connection, origin.account);
  if (wanted == nullptr || !concerns(*wanted, origin.method))
    return false;
  const auto late = core_.faults.strike(fault_type::execute_late, origin.connection, origin.account);
  request_origin nobody = origin; // the order is carried out, its sender never hears of it
  nobody.connection = 0;
  const std::chrono::milliseconds wait{std::max<std::int64_t>(late->number("ms", 1000), 0)};
  core_.after(wait, [this, nobody, owner = origin.connection, params] {
    core_.market.call({nobody.over_http ? 0 : owner, nobody.account}, nobody.method, params, core_.now());
    feeds_.pump();
  });
  return true;
}

void request_handler::reply(const request_origin& origin, const rpc_answer& answer) {
  auto& faults = core_.faults;
  if (const auto* drop = faults.look(fault_type::drop_acks, origin.connection, origin.account)) {
    if (concerns(*drop, origin.method)) {
      faults.strike(fault_type::drop_acks, origin.connection, origin.account);
      if (const client* from = core_.find(origin.connection))
        note(core_, "reply_dropped", *from, {{"method", origin.method}});
      if (!origin.over_http)
        return;
      if (const client* from = core_.find(origin.connection))
        from->line->reset("fault"); // over HTTP a lost answer is a lost connection
      return;
    }
  }
  const bool twice = faults.strike(fault_type::duplicate_replies, origin.connection, origin.account).has_value();
  for (int copies = twice && !origin.over_http ? 2 : 1; copies > 0; --copies) {
    if (core_.options.shuffle_ms == 0) {
      send_reply(origin, answer);
      continue;
    }
    const std::chrono::milliseconds later{core_.chance.between(0, core_.options.shuffle_ms)};
    core_.after(later, [this, origin, answer] { send_reply(origin, answer); });
  }
}

void request_handler::send_reply(const request_origin& origin, const rpc_answer& answer) {
  client* to = core_.find(origin.connection);
  if (to == nullptr)
    return;
  std::string text = write_answer({origin.id, origin.in, core_.now().wall, core_.options.testnet}, answer);
  if (origin.over_http)
    return to->line->respond(answer.error.code == 0 ? 200 : 400, text);
  deliver(core_, *to, make_frame(std::move(text)));
}

} // namespace cafnode::sim
