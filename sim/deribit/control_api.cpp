#include "sim/deribit/control_api.hpp"

#include "sim/deribit/query_text.hpp"
#include "sim/deribit/rpc_text.hpp"
#include "sim/market/exact_json.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

control_answer wrong(int status, std::string_view why) {
  return {status, json::object{{"error", why}}};
}

json::value index() {
  return json::object{
      {"GET /status", "counts and uptime"},
      {"GET /connections", "open WebSockets: id, peer, account, subscriptions, heartbeats"},
      {"GET /heartbeats", "per connection: asked, answered, late, worst answer"},
      {"GET /accounts", "names, connections, tokens"},
      {"GET /orders?account=NAME&label=LABEL", "open orders, of all accounts unless one is named"},
      {"GET /labels_used_twice", "labels of more than one order: empty when each order was placed once"},
      {"GET /faults", "what is under way"},
      {"POST /faults", "{type, target, params, count, for_ms}"},
      {"DELETE /faults, /faults/ID", "ends all or one"},
      {"POST /kill", "{target, how: rst|fin|code, code, reason}"},
      {"POST /market", "{action: fill|cancel, order_id, amount, reason}: as others on the market would"},
      {"GET /settings, POST /settings", "the settings; some only matter to new connections"},
  };
}

std::int64_t micros(base::duration span) {
  return std::chrono::duration_cast<std::chrono::microseconds>(span).count();
}

json::object beats_of(const session& one) {
  return {{"asked", one.beats.asked},
          {"answered", one.beats.answered},
          {"late", one.beats.late},
          {"waiting", one.beat.waiting_for_answer()},
          {"worst_answer_us", micros(one.beats.worst_answer)},
          {"interval_s", std::chrono::duration_cast<std::chrono::seconds>(one.beat.interval()).count()}};
}

} // namespace

control_answer control_api::serve(const http_call& call) {
  if (!call.is_for_loopback())
    return wrong(403, "only requests to localhost, 127.0.0.1 or [::1], from there, are served");
  if (call.method == "GET")
    return get(call.path, read_query(call.query));
  if (call.method == "DELETE")
    return remove(call.path);
  if (call.method != "POST")
    return wrong(405, "GET, POST and DELETE are known");
  const auto body = call.body.empty() ? std::optional<json::value>{json::object{}} : parse_json(call.body);
  if (!body || !body->is_object())
    return wrong(400, "the body must be a JSON object");
  return post(call.path, body->get_object());
}

control_answer control_api::get(std::string_view path, const json::object& query) {
  if (path == "/")
    return {200, index()};
  if (path == "/status")
    return {200, status()};
  if (path == "/connections" || path == "/heartbeats")
    return {200, list_connections(path == "/heartbeats")};
  if (path == "/accounts")
    return {200, list_accounts()};
  if (path == "/faults")
    return {200, list_faults()};
  if (path == "/orders")
    return list_orders(query);
  if (path == "/labels_used_twice")
    return {200, list_labels_used_twice()};
  if (path == "/settings")
    return {200, parse_json(print_settings(core_.options)).value_or(nullptr)};
  return wrong(404, "unknown path; GET / lists what there is");
}

control_answer control_api::post(std::string_view path, const json::object& body) {
  if (path == "/faults")
    return add_fault(body);
  if (path == "/kill")
    return kill(body);
  if (path == "/market")
    return move_market(body);
  if (path == "/settings")
    return change_settings(body);
  return wrong(404, "unknown path; GET / lists what there is");
}

control_answer control_api::remove(std::string_view path) {
  if (path == "/faults")
    return {200, json::object{{"ended", faults_.remove_all()}}};
  constexpr std::string_view prefix = "/faults/";
  const std::string_view number = path.substr(std::min(prefix.size(), path.size()));
  if (!path.starts_with(prefix) || number.empty() || number.size() > 18 ||
      number.find_first_not_of("0123456789") != std::string_view::npos)
    return wrong(404, "DELETE takes /faults or /faults/ID");
  return faults_.remove(std::stoull(std::string{number})) ? control_answer{200, json::object{{"ended", 1}}}
                                                          : wrong(404, "no such fault is under way");
}

json::value control_api::list_connections(bool only_heartbeats) const {
  json::array out;
  for (const auto& [id, one] : core_.clients) {
    if (!one.ws || !one.line->is_open())
      continue;
    json::object line = only_heartbeats ? beats_of(*one.ws) : json::object{{"heartbeat", beats_of(*one.ws)}};
    line["id"] = id;
    line["account"] = one.account();
    line["peer"] = one.line->peer();
    if (!only_heartbeats) {
      json::array channels;
      for (const auto& heard : core_.subscriptions.channels_of(id))
        channels.emplace_back(heard.first);
      line["client_name"] = one.ws->client_name;
      line["cancel_on_disconnect"] = one.ws->cancel_on_disconnect;
      line["requests"] = one.ws->requests;
      line["frames_sent"] = one.line->frames_sent();
      line["queued_bytes"] = one.line->queued_bytes();
      line["age_ms"] = micros(core_.now().steady - one.opened) / 1000;
      line["channels"] = std::move(channels);
    }
    out.push_back(std::move(line));
  }
  return out;
}

json::value control_api::list_accounts() const {
  json::array out;
  for (const auto& account : core_.accounts.accounts()) {
    std::int64_t connections = 0;
    for (const auto& [id, one] : core_.clients)
      connections += one.line->is_open() && one.account() == account.name ? 1 : 0;
    out.push_back(json::object{{"name", account.name}, {"client_id", account.client_id}, {"connections", connections}});
  }
  return out;
}

json::value control_api::list_faults() const {
  json::array out;
  for (const auto& fault : core_.faults.active())
    out.push_back(describe_fault(fault));
  return out;
}

json::value control_api::status() const {
  std::uint64_t open = 0;
  beat_counts beats = core_.beats_of_closed;
  for (const auto& [id, one] : core_.clients) {
    if (!one.ws || !one.line->is_open())
      continue;
    ++open;
    beats.add(one.ws->beats);
  }
  return json::object{{"connections", open},
                      {"connections_closed", core_.sessions_closed},
                      {"heartbeats", json::object{{"asked", beats.asked},
                                                  {"answered", beats.answered},
                                                  {"late", beats.late},
                                                  {"worst_answer_us", micros(beats.worst_answer)}}},
                      {"tokens", core_.accounts.tokens()},
                      {"faults", core_.faults.active().size()},
                      {"tasks", core_.tasks.size()},
                      {"audit_lines", core_.audit.lines()},
                      {"audit_lines_lost", core_.audit.lines_lost()}};
}

control_answer control_api::list_orders(const json::object& query) {
  if (core_.inside == nullptr)
    return wrong(501, "this exchange cannot be looked into");
  const auto account = text_param(query, "account");
  const auto label = text_param(query, "label");
  json::array out;
  for (const auto& order : label ? core_.inside->open_orders_by_label(*label) : core_.inside->open_orders())
    if (!account || *account == order.account)
      out.push_back(json::object{{"order_id", order.order_id},
                                 {"account", order.account},
                                 {"label", order.label},
                                 {"instrument_name", order.instrument},
                                 {"connection", order.connection},
                                 {"amount", marked_number(order.amount.to_string())},
                                 {"filled_amount", marked_number(order.filled.to_string())}});
  return {200, std::move(out)};
}

json::value control_api::list_labels_used_twice() const {
  json::array out;
  if (core_.inside != nullptr)
    for (const auto& one : core_.inside->labels_used_twice())
      out.push_back(json::object{{"account", one.account}, {"label", one.label}, {"uses", one.uses}});
  return out;
}

control_answer control_api::add_fault(const json::object& body) {
  const auto spec = read_fault(body);
  if (!spec)
    return wrong(400, spec.fault());
  const auto outcome = faults_.apply(spec.value());
  if (!outcome)
    return wrong(400, outcome.fault());
  return {200, json::object{{"id", outcome.value().id}, {"hit", outcome.value().hit}}};
}

control_answer control_api::kill(json::object body) {
  json::object fault{{"type", "close"}};
  if (auto* target = body.if_contains("target"))
    fault["target"] = *target;
  body.erase("target");
  if (!body.contains("how") && !body.contains("code"))
    body["how"] = "rst";
  fault["params"] = std::move(body);
  return add_fault(fault);
}

control_answer control_api::move_market(const json::object& body) {
  if (core_.inside == nullptr)
    return wrong(501, "this exchange cannot be looked into");
  const auto action = text_param(body, "action").value_or("");
  const auto id = text_param(body, "order_id");
  if ((action != "fill" && action != "cancel") || !id)
    return wrong(400, "'action' must be fill or cancel, and 'order_id' names an open order");
  const auto* given = body.if_contains("amount");
  const auto amount = given == nullptr ? decimal{} : decimal_of(*given).value_or(decimal::from_raw(-1));
  if (amount < decimal{})
    return wrong(400, "'amount' must be a number that is not negative; without it the whole order is filled");
  const bool done =
      action == "fill"
          ? core_.inside->fill_order(*id, amount, core_.now())
          : core_.inside->cancel_order(*id, text_param(body, "reason").value_or("risk_mitigation"), core_.now());
  feeds_.pump();
  return done ? control_answer{200, json::object{{"done", true}}} : wrong(404, "no such open order");
}

control_answer control_api::change_settings(const json::object& body) {
  auto changed = read_settings(body, core_.options);
  if (!changed)
    return wrong(400, changed.fault());
  core_.options = std::move(changed).value();
  core_.audit.record("settings_changed", body);
  return get("/settings", {});
}

} // namespace cafnode::sim
