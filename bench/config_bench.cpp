#include "bench/config_bench.hpp"

#include "bench/config_bed.hpp"
#include "bench/simulator.hpp"
#include "control/push/config_plan.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <set>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>

namespace cafnode::bench {

namespace {

using clock = std::chrono::steady_clock;

double milliseconds_since(clock::time_point start) {
  return std::chrono::duration<double, std::milli>(clock::now() - start).count();
}

void raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// `count` connections, the first of them by itself, which logs in by `method`.
std::string text_of(std::uint16_t port, std::size_t count, std::string_view method, std::size_t in_flight) {
  constexpr std::string_view secret = "{from: env, name: CAF_BENCH_SECRET}";
  return fmt::format(R"(apiVersion: caf-node/v1
kind: Node
node: {{name: bench, region: bench}}
exchanges:
  - name: deribit
    venue: deribit
    url: {{host: localhost, port: {}, tls: false}}
    auth: {{method: client_credentials, client_id: sim-key, client_secret: {}}}
    connect: {{deadline: 60s}}
    rate: {{other: {{credits: 100000000, per_second: 100000000}}}}
    orders: {{in_flight_max: {}, answer_deadline: 30s}}
    connections:
      - {{name: one, auth: {{method: {}, client_id: sim-key, client_secret: {}}}}}
      - {{name: other, count: {}}}
)",
                     port, secret, in_flight, method, secret, count - 1);
}

struct seen_by_exchange {
  std::set<std::int64_t> connections;
  double missed = 0;
};

seen_by_exchange look(const simulator& exchange) {
  seen_by_exchange all;
  const auto rows = boost::json::parse(exchange.get("/heartbeats"));
  for (const auto& row : rows.as_array()) {
    const auto figure = [&](const char* name) { return row.at(name).to_number<double>(); };
    all.connections.insert(row.at("id").to_number<std::int64_t>());
    all.missed += figure("asked") - figure("answered") - (row.at("waiting").as_bool() ? 1 : 0) + figure("late");
  }
  return all;
}

/// Sockets that were there before and are not any more.
double gone(const seen_by_exchange& before, const seen_by_exchange& after) {
  return static_cast<double>(
      std::ranges::count_if(before.connections, [&](std::int64_t id) { return !after.connections.contains(id); }));
}

bench_case measure(const std::string& name, const config_bed& bed, const simulator& exchange, std::size_t rounds,
                   const std::function<std::string(std::size_t round)>& text) {
  std::vector<double> spans;
  double touched_most = 0;
  const auto begun = look(exchange);
  double missed = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto before = look(exchange);
    control::config_wish wish;
    wish.what = control::config_question::apply;
    wish.by_owner = true;
    wish.text = text(round);
    const auto start = clock::now();
    const auto answer = bed.ask(std::move(wish));
    spans.push_back(milliseconds_since(start));
    if (answer.outcome != control::config_outcome::done)
      throw std::runtime_error{fmt::format("{}: {}", name, answer.text)};
    touched_most = std::max(touched_most, gone(before, look(exchange)));
  }
  std::this_thread::sleep_for(std::chrono::seconds{12}); // the interval of heartbeats, and their answers
  missed = look(exchange).missed - begun.missed;
  std::ranges::sort(spans);
  bench_case out{name, {}, {}, {}};
  out.ours = {{"apply_p50_ms", spans[spans.size() / 2]},
              {"apply_max_ms", spans.back()},
              {"sockets_touched", touched_most},
              {"heartbeats_missed", missed}};
  return out;
}

bench_case measure_plan(std::size_t count) {
  const auto read = [&](std::size_t in_flight) {
    const auto loaded = conf::load_text("bench", text_of(1, count, "client_credentials", in_flight));
    if (!loaded.usable())
      throw std::runtime_error{conf::format_faults(loaded.faults)};
    return loaded.config;
  };
  const auto before = read(8);
  const auto start = clock::now();
  const auto plan =
      control::make_config_plan(before, read(9), "bench", [](const std::string&) { return control::child_facts{}; });
  const auto span = milliseconds_since(start);
  bench_case out{fmt::format("plan_of_{}", count), {}, {}, {}};
  out.ours = {{"plan_ms", span}, {"changed", static_cast<double>(plan.children.size())}};
  out.aims = {{"", "plan_ms", 300}};
  return out;
}

} // namespace

report run_config(const config_options& options) {
  raise_file_limit();
  ::setenv("CAF_BENCH_SECRET", "sim-secret", 1);
  const simulator exchange{
      false, {"credits=false", "connections_per_ip_max=0", "sessions_per_key_max=1000000", "tokens_max=1000000"}};
  const auto text = [&](std::string_view method, std::size_t in_flight) {
    return text_of(exchange.port(), options.count, method, in_flight);
  };
  const config_bed bed{text("client_credentials", 8)};
  for (int tries = 0; bed.live() < options.count; ++tries) {
    if (tries > 12'000)
      throw std::runtime_error{fmt::format("only {} of {} connections came up", bed.live(), options.count)};
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  report out{"config", {}};
  out.cases.push_back(
      measure(fmt::format("one_of_{}", options.count), bed, exchange, options.rounds,
              [&](std::size_t round) { return text(round % 2 == 0 ? "client_signature" : "client_credentials", 8); }));
  out.cases.back().aims = {{"", "apply_p50_ms", 50}, {"", "sockets_touched", 1}, {"", "heartbeats_missed", 0}};
  const auto method = options.rounds % 2 == 0 ? "client_credentials" : "client_signature";
  out.cases.push_back(measure(fmt::format("all_of_{}", options.count), bed, exchange, options.rounds,
                              [&](std::size_t round) { return text(method, 9 + round % 2); }));
  out.cases.back().aims = {{"", "sockets_touched", 0}, {"", "heartbeats_missed", 0}};
  out.cases.push_back(measure_plan(options.planned));
  return out;
}

} // namespace cafnode::bench
