#include "control/api_call.hpp"
#include "control/config/config_version.hpp"
#include "control/request_reader.hpp"

#include <fmt/format.h>

#include <limits>

namespace cafnode::control {

namespace {

constexpr auto any_version = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
constexpr std::uint64_t healthy_within_max = 600'000; // ms

const api_fault no_config{501, "not_implemented", "the configuration of this node cannot be asked for", {}};

api_fault fault_of(const config_answer& answer) {
  using outcome = config_outcome;
  switch (answer.outcome) {
  case outcome::done:
    break;
  case outcome::bad_text:
    return {422, "bad_config", answer.text, answer.hint, {}, answer.json};
  case outcome::stale:
    return {409, "stale", answer.text, answer.hint};
  case outcome::busy:
    return {409, "busy", answer.text, answer.hint};
  case outcome::not_now:
    return {409, "not_now", answer.text, answer.hint};
  case outcome::undone:
    return {422, "undone", answer.text, answer.hint};
  case outcome::not_found:
    return {404, "not_found", answer.text, answer.hint};
  case outcome::unavailable:
    return {422, "unavailable", answer.text, answer.hint};
  case outcome::not_allowed:
    return {403, "forbidden", answer.text, answer.hint};
  }
  return {500, "internal", answer.text, answer.hint};
}

/// Reads parameters one after the other and keeps the first fault.
class wish_reader {
public:
  explicit wish_reader(const net::http_request& request) : request_{request} {}

  std::uint64_t count(std::string_view name, std::uint64_t otherwise, std::uint64_t low, std::uint64_t high) {
    return keep(read_count(request_, name, otherwise, low, high), otherwise);
  }

  std::string text(std::string_view name, text_kind kind) { return keep(read_text(request_, name, kind), {}); }

  config_wish wish(config_question what) {
    config_wish out;
    out.what = what;
    out.version = count("version", 0, 1, any_version);
    out.index = count("index", 0, 1, any_version);
    out.hash = text("hash", text_kind::word);
    out.node = text("node", text_kind::word);
    out.why = text("why", text_kind::path);
    if (auto file = text("file", text_kind::path); !file.empty())
      out.name = std::move(file);
    const auto who = text("who", text_kind::word);
    out.by_owner = request_.origin == net::http_origin::local;
    const std::string_view how = out.by_owner ? "over the unix socket" : "over TCP";
    out.who = fmt::format("{} {}", who.empty() ? "somebody" : who, how);
    out.limits.force = has_flag(request_, "force");
    out.limits.healthy_within = std::chrono::milliseconds{count(
        "healthy_within_ms", static_cast<std::uint64_t>(out.limits.healthy_within.count()), 0, healthy_within_max)};
    return out;
  }

  std::optional<api_fault> fault;

private:
  template<class Value>
  Value keep(reading<Value> read, Value otherwise) {
    if (read)
      return std::move(read).value();
    if (!fault)
      fault = read.fault();
    return otherwise;
  }

  const net::http_request& request_;
};

void ask(api_call& call, config_wish wish) {
  if (!call.actions.config)
    return call.fail(no_config);
  const auto deadline = read_deadline(call.request);
  if (!deadline)
    return call.fail(deadline.fault());
  call.actions.config(std::move(wish), deadline.value(),
                      [reply = call.reply](base::result<config_answer, action_failure> answered) {
                        if (!answered)
                          return reply->send(to_response(to_fault(answered.fault())));
                        auto& answer = answered.value();
                        if (answer.outcome == config_outcome::done)
                          return reply->send({200, "application/json", std::move(answer.json)});
                        reply->send(to_response(fault_of(answer)));
                      });
}

void ask_simply(api_call& call, config_question what) {
  wish_reader reader{call.request};
  auto wish = reader.wish(what);
  if (reader.fault)
    return call.fail(*reader.fault);
  ask(call, std::move(wish));
}

void ask_with_text(api_call& call, config_question what) {
  wish_reader reader{call.request};
  auto wish = reader.wish(what);
  if (reader.fault)
    return call.fail(*reader.fault);
  if (call.request.body.empty())
    return call.fail(bad_request("the body is empty: it is the configuration, as YAML"));
  if (call.request.body.size() > version_text_max)
    return call.fail({413, "body_too_long", fmt::format("a configuration has at most {} bytes", version_text_max), {}});
  wish.text = std::move(call.request.body);
  ask(call, std::move(wish));
}

} // namespace

void get_config(api_call& call) {
  ask_simply(call, config_question::status);
}

void get_config_history(api_call& call) {
  ask_simply(call, config_question::history);
}

void get_config_version(api_call& call) {
  ask_simply(call, config_question::version);
}

void get_config_diff(api_call& call) {
  wish_reader reader{call.request};
  config_wish wish;
  wish.what = config_question::diff;
  wish.version = reader.count("from", 0, 1, any_version);
  wish.other = reader.count("to", 0, 1, any_version);
  if (reader.fault)
    return call.fail(*reader.fault);
  ask(call, std::move(wish));
}

void post_config_plan(api_call& call) {
  ask_with_text(call, config_question::plan);
}

void post_config_apply(api_call& call) {
  ask_with_text(call, config_question::apply);
}

void post_config_rollback(api_call& call) {
  wish_reader reader{call.request};
  auto wish = reader.wish(config_question::rollback);
  if (reader.fault)
    return call.fail(*reader.fault);
  if (wish.version == 0)
    return call.fail(bad_request("which version?", "POST /api/v1/config/rollback?version=N"));
  ask(call, std::move(wish));
}

} // namespace cafnode::control
