#include "bench/connections_bench.hpp"

#include "bench/contestant.hpp"
#include "bench/session_bed.hpp"
#include "bench/simulator.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace cafnode::bench {

namespace {

using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point start) {
  return std::chrono::duration<double>(clock::now() - start).count();
}

double resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

conf::node_config config_for(const simulator& exchange, std::size_t count) {
  ::setenv("CAF_BENCH_SECRET", "sim-secret", 1);
  conf::node_config config;
  conf::exchange_config entry;
  entry.name = "deribit";
  entry.url.port = exchange.port();
  entry.url.tls = !exchange.ca_file().empty();
  entry.url.host = "localhost";
  entry.url.ca_file = exchange.ca_file();
  entry.connect.deadline = std::chrono::seconds{60};
  entry.orders.answer_deadline = std::chrono::seconds{30};
  entry.rate.other_credits =
      1'000'000'000; // nor is the budget of one account, by which each finds out about its orders
  entry.rate.other_per_second = 1'000'000'000;
  conf::connection_config connection;
  connection.name = "many";
  connection.auth.client_id.literal = "sim-key";
  connection.auth.client_secret = {conf::secret_origin::env, "CAF_BENCH_SECRET"};
  connection.count = static_cast<std::uint32_t>(count);
  entry.connections.push_back(std::move(connection));
  config.exchanges.push_back(std::move(entry));
  return config;
}

/// Adds what the simulator saw of all heartbeats.
void add_heartbeats(figures& out, const simulator& exchange) {
  double asked = 0;
  double answered = 0;
  double late = 0;
  double worst = 0;
  double waiting = 0;
  const auto rows = boost::json::parse(exchange.get("/heartbeats"));
  for (const auto& row : rows.as_array()) {
    const auto figure = [&](const char* name) { return row.at(name).to_number<double>(); };
    asked += figure("asked");
    answered += figure("answered");
    late += figure("late");
    worst = std::max(worst, figure("worst_answer_us"));
    waiting += row.at("waiting").as_bool() ? 1 : 0;
  }
  out.emplace_back("heartbeats_asked", asked);
  out.emplace_back("heartbeats_missed", asked - answered - waiting + late);
  out.emplace_back("worst_answer_us", worst);
}

figures measure(bool tls, std::size_t count, int watch_seconds) {
  // The exchange's limits on one address and one account are not what is measured.
  const simulator exchange{
      tls, {"credits=false", "connections_per_ip_max=0", "sessions_per_key_max=1000000", "tokens_max=1000000"}};
  const double before = resident_bytes();
  const auto started = clock::now();
  const session_bed bed{config_for(exchange, count), 1};
  if (!bed.wait_for_live(count, 300))
    throw std::runtime_error{fmt::format("only {} of {} connections came up", bed.live(), count)};
  figures out{{"seconds_to_live", seconds_since(started)}};
  std::this_thread::sleep_for(std::chrono::seconds{2});
  const double cpu = processor_seconds();
  const auto watched = clock::now();
  std::this_thread::sleep_for(std::chrono::seconds{watch_seconds});
  out.emplace_back("cpu_percent", (processor_seconds() - cpu) / seconds_since(watched) * 100);
  out.emplace_back("bytes_per_connection", (resident_bytes() - before) / static_cast<double>(count));
  add_heartbeats(out, exchange);
  out.emplace_back("live_at_end", static_cast<double>(bed.live()));
  return out;
}

} // namespace

report run_connections(std::size_t count, int watch_seconds) {
  raise_file_limit();
  report measured{"connections", {}};
  const std::chrono::seconds limit{watch_seconds + 600};
  for (const bool tls : {false, true})
    measured.cases.push_back(
        {tls ? "tls" : "plain", measure_apart([&] { return measure(tls, count, watch_seconds); }, limit), {}, {}});
  return measured;
}

} // namespace cafnode::bench
