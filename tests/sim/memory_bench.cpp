#include "tests/sim/memory_bench.hpp"

#include "sim/deribit/rpc_text.hpp"

#include <stdexcept>
#include <utility>

namespace cafnode::sim {

namespace {

virtual_options options_of(settings rules, exchange& market) {
  virtual_options chosen;
  chosen.front.rules = std::move(rules);
  chosen.market = &market;
  return chosen;
}

http_call call_of(std::string_view method, std::string_view target, std::string_view body) {
  http_call made;
  made.method = method;
  made.aim_at(std::string{target});
  made.headers = {{"host", "localhost"}};
  made.body = body;
  made.keep_alive = false;
  return made;
}

/// Hears one answer over HTTP.
struct listener_of_one final : client_events {
  void on_answer(int status, std::string_view body) override { answer = http_reply_text{status, std::string{body}}; }

  void on_open() override {}

  void on_text(std::string_view) override {}

  void on_binary() override {}

  void on_end(int, std::string_view) override { ended = true; }

  std::optional<http_reply_text> answer;
  bool ended = false;
};

} // namespace

memory_bench::memory_bench(settings rules) : world{options_of(std::move(rules), market)} {}

std::unique_ptr<memory_bench::client> memory_bench::connect() {
  return std::make_unique<client>(*this);
}

std::string memory_bench::take_audit() {
  world.stop();
  return world.audit();
}

http_reply_text memory_bench::http(std::string_view method, std::string_view target, std::string_view body,
                                   std::string_view authorization) {
  if (target.starts_with("control:")) {
    const auto answer = world.control(call_of(method, target.substr(8), body));
    return {answer.status, json_text(answer.body)};
  }
  listener_of_one heard;
  const auto line = world.connect(heard);
  auto asked = call_of(method, target, body);
  if (!authorization.empty())
    asked.headers.emplace_back("authorization", std::string{authorization});
  line->call(std::move(asked));
  turn_until([&heard] { return heard.ended; });
  if (!heard.answer)
    throw std::runtime_error{"no HTTP answer"};
  return *heard.answer;
}

boost::json::value memory_bench::control(std::string_view method, std::string_view target, std::string_view body) {
  return parse_json(http(method, "control:" + std::string{target}, body).body).value_or(nullptr);
}

memory_bench::client::client(memory_bench& bench) : bench_{bench}, line_{bench.world.connect(*this)} {
  line_->upgrade();
  bench.turn_until([this] { return open_ || status_ != 0 || end_; });
}

void memory_bench::client::on_answer(int status, std::string_view body) {
  static_cast<void>(body);
  status_ = status;
}

boost::json::object memory_bench::client::call(std::string_view method, std::string_view params) {
  const std::string id = std::to_string(next_id_++);
  send(request_text(id, method, params));
  const auto answer = next_with("\"id\":" + id + ",");
  const auto value = answer ? parse_json(*answer) : std::nullopt;
  return value && value->is_object() ? value->get_object() : boost::json::object{};
}

void memory_bench::client::login(std::string_view key, std::string_view secret) {
  call("public/auth", login_params(key, secret));
}

std::optional<std::string> memory_bench::client::next(base::duration limit) {
  bench_.wait(limit, [this] { return !frames_.empty() || end_; });
  if (frames_.empty())
    return std::nullopt;
  std::string frame = std::move(frames_.front());
  frames_.pop_front();
  return frame;
}

std::optional<std::string> memory_bench::client::next_with(std::string_view part, base::duration limit) {
  while (auto frame = next(limit))
    if (frame->find(part) != std::string::npos)
      return frame;
  return std::nullopt;
}

ending memory_bench::client::wait_end() {
  bench_.turn_until([this] { return end_.has_value(); });
  return end_.value_or(ending{});
}

} // namespace cafnode::sim
