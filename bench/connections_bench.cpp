#include "bench/connections_bench.hpp"

#include "bench/contestant.hpp"
#include "bench/session_bed.hpp"
#include "bench/simulator.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cafnode::bench {

namespace {

using clock = std::chrono::steady_clock;

const std::string kept_account = "sim-key";
const std::string cut_account = "sim-key-1";

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

conf::connection_config some(const std::string& name, const std::string& account, const char* secret,
                             std::size_t count) {
  conf::connection_config connection;
  connection.name = name;
  connection.auth.client_id.literal = account;
  connection.auth.client_secret = {conf::secret_origin::env, secret};
  connection.count = static_cast<std::uint32_t>(count);
  return connection;
}

/// Half of them on one account and half on another, so that one half can be cut at once.
conf::node_config config_for(const simulator& exchange, std::size_t count) {
  ::setenv("CAF_BENCH_SECRET", "sim-secret", 1);
  ::setenv("CAF_BENCH_SECRET_1", "sim-secret-1", 1);
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
  entry.connections.push_back(some("kept", kept_account, "CAF_BENCH_SECRET", count - count / 2));
  if (count > 1)
    entry.connections.push_back(some("cut", cut_account, "CAF_BENCH_SECRET_1", count / 2));
  config.exchanges.push_back(std::move(entry));
  return config;
}

/// What the simulator saw of the heartbeats of some connections: a question that has had no answer when the connection
/// ended, or a late one, is missed.
struct heartbeat_counts {
  double asked = 0;
  double missed = 0;
  double worst_us = 0;
  std::set<std::int64_t> connections;
};

heartbeat_counts heartbeats_of(const simulator& exchange, const std::string& account) {
  heartbeat_counts all;
  const auto rows = boost::json::parse(exchange.get("/heartbeats"));
  for (const auto& row : rows.as_array()) {
    if (row.at("account").as_string() != account)
      continue;
    const auto figure = [&](const char* name) { return row.at(name).to_number<double>(); };
    all.connections.insert(row.at("id").to_number<std::int64_t>());
    all.asked += figure("asked");
    all.missed += figure("asked") - figure("answered") - (row.at("waiting").as_bool() ? 1 : 0) + figure("late");
    all.worst_us = std::max(all.worst_us, figure("worst_answer_us"));
  }
  return all;
}

heartbeat_counts heartbeats_of_all(const simulator& exchange) {
  auto all = heartbeats_of(exchange, kept_account);
  const auto more = heartbeats_of(exchange, cut_account);
  all.asked += more.asked;
  all.missed += more.missed;
  all.worst_us = std::max(all.worst_us, more.worst_us);
  // One that was closed for its silence is in no row any more.
  const auto status = boost::json::parse(exchange.get("/status"));
  all.missed += status.at("connections_closed").to_number<double>();
  return all;
}

simulator make_exchange(bool tls) {
  // The exchange's limits on one address and one account are not what is measured.
  return simulator{tls,
                   {"credits=false", "connections_per_ip_max=0", "sessions_per_key_max=1000000", "tokens_max=1000000"}};
}

void wait_for_all(const session_bed& bed, std::size_t count) {
  if (!bed.wait_for_live(count, 300))
    throw std::runtime_error{fmt::format("only {} of {} connections came up", bed.live(), count)};
}

figures measure(bool tls, const connections_options& options) {
  const simulator exchange = make_exchange(tls);
  const double before = resident_bytes();
  const auto started = clock::now();
  const session_bed bed{config_for(exchange, options.count), 1};
  wait_for_all(bed, options.count);
  figures out{{"seconds_to_live", seconds_since(started)}};
  std::this_thread::sleep_for(std::chrono::seconds{2});
  const auto storm = heartbeats_of_all(exchange);
  out.emplace_back("storm_heartbeats_missed", storm.missed);
  out.emplace_back("storm_worst_answer_us", storm.worst_us);
  const double cpu = processor_seconds();
  const auto watched = clock::now();
  std::this_thread::sleep_for(std::chrono::seconds{options.watch_seconds});
  out.emplace_back("cpu_percent", (processor_seconds() - cpu) / seconds_since(watched) * 100);
  out.emplace_back("bytes_per_connection", (resident_bytes() - before) / static_cast<double>(options.count));
  const auto all = heartbeats_of_all(exchange);
  out.emplace_back("heartbeats_asked", all.asked);
  out.emplace_back("heartbeats_missed", all.missed);
  out.emplace_back("worst_answer_us", all.worst_us);
  out.emplace_back("live_at_end", static_cast<double>(bed.live()));
  return out;
}

/// Half of the connections are cut at once; of the other half each is asked once at least while those come back.
figures measure_half_cut(bool tls, const connections_options& options) {
  const simulator exchange = make_exchange(tls);
  const session_bed bed{config_for(exchange, options.count), 1};
  wait_for_all(bed, options.count);
  std::this_thread::sleep_for(std::chrono::seconds{2});
  const auto before = heartbeats_of(exchange, kept_account);
  const auto cut_at = clock::now();
  exchange.post("/kill", fmt::format(R"({{"target":"{}","how":"rst"}})", cut_account));
  while (bed.live() == options.count && seconds_since(cut_at) < 10)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  wait_for_all(bed, options.count);
  figures out{{"cut", static_cast<double>(options.count / 2)}, {"seconds_to_live", seconds_since(cut_at)}};
  std::this_thread::sleep_for(std::chrono::seconds{12}); // the interval of heartbeats, and their answers
  const auto after = heartbeats_of(exchange, kept_account);
  std::size_t lost = 0;
  for (const auto each : before.connections)
    lost += after.connections.contains(each) ? 0 : 1;
  out.emplace_back("heartbeats_asked", after.asked - before.asked);
  out.emplace_back("heartbeats_missed", after.missed - before.missed + static_cast<double>(lost));
  out.emplace_back("worst_answer_us", after.worst_us);
  return out;
}

/// Processes that only use up processor time, gone with this object.
class busy_neighbours {
public:
  explicit busy_neighbours(std::size_t count) {
    for (; count > 0; --count)
      if (const auto child = ::fork(); child == 0)
        spin();
      else
        children_.push_back(child);
  }

  busy_neighbours(const busy_neighbours&) = delete;
  busy_neighbours& operator=(const busy_neighbours&) = delete;

  ~busy_neighbours() {
    for (const auto child : children_) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
  }

private:
  [[noreturn]] static void spin() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (volatile std::uint64_t turns = 0;;)
      turns = turns + 1;
  }

  std::vector<pid_t> children_;
};

} // namespace

report run_connections(const connections_options& options) {
  raise_file_limit();
  const busy_neighbours neighbours{options.busy};
  report measured{"connections", {}};
  const std::chrono::seconds limit{options.watch_seconds + 600};
  const std::vector<aim> storm_aims{{{}, "storm_heartbeats_missed", 0}, {{}, "heartbeats_missed", 0}};
  const std::vector<aim> cut_aims{{{}, "heartbeats_missed", 0}};
  for (const bool tls : {false, true})
    measured.cases.push_back(
        {tls ? "tls" : "plain", measure_apart([&] { return measure(tls, options); }, limit), {}, {}, storm_aims});
  for (const bool tls : {false, true})
    measured.cases.push_back({tls ? "tls, half cut at once" : "plain, half cut at once",
                              measure_apart([&] { return measure_half_cut(tls, options); }, limit),
                              {},
                              {},
                              cut_aims});
  if (options.busy > 0)
    measured.notes.push_back(fmt::format("beside {} processes that use all the time they get", options.busy));
  return measured;
}

} // namespace cafnode::bench
