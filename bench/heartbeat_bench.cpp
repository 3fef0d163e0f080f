#include "bench/heartbeat_bench.hpp"

#include "bench/bare_client.hpp"
#include "bench/processor.hpp"
#include "bench/session_bed.hpp"
#include "bench/stub_exchange.hpp"

#include <stdexcept>
#include <utility>

namespace cafnode::bench {

namespace {

/// One exchange entry, so that probe and load have paths of their own.
conf::exchange_config entry(const std::string& name, std::uint16_t port, const std::string& path, std::size_t count,
                            std::vector<std::string> channels) {
  conf::exchange_config exchange;
  exchange.name = name;
  exchange.url.port = port;
  exchange.url.path = path;
  exchange.heartbeat.silence_limit = std::chrono::minutes{60};
  conf::connection_config connection;
  connection.name = name;
  connection.auth.method = conf::auth_method::none;
  connection.count = static_cast<std::uint32_t>(count);
  connection.channels = std::move(channels);
  exchange.connections.push_back(std::move(connection));
  return exchange;
}

bench_case measure(const std::string& name, std::size_t rounds, std::size_t loads) {
  // The exchange on one processor, both clients on the next: whoever is asked, the wake-up is the same.
  stay_on_processor(0);
  stub_exchange exchange;
  stay_on_processor(1);
  conf::node_config config;
  config.exchanges.push_back(entry("probe", exchange.port(), "/probe/ours", 1, {}));
  if (loads > 0)
    config.exchanges.push_back(entry("load", exchange.port(), "/load", loads, {"ticker.BTC-PERPETUAL.100ms"}));
  const session_bed ours{config, 1};
  bare_client beast{exchange.port()};
  beast.connect("/probe/beast", 1);
  beast.connect("/load/bare", loads);
  beast.run();
  stay_on_processor(0);
  if (!exchange.wait_for(loads * 2) || !ours.wait_for_live(loads + 1, 60))
    throw std::runtime_error{"the connections of the benchmark did not all come up"};
  auto samples = exchange.measure(rounds);
  return {name,
          percentiles(samples.ours_us),
          {{"beast", percentiles(samples.beast_us)}},
          {{"p50_us", "p50"}, {"p99_us", "p99"}, {"p999_us", "p999"}}};
}

} // namespace

report run_heartbeat(std::size_t rounds, std::size_t loads) {
  return {"heartbeat", {measure("idle", rounds, 0), measure("loaded", rounds, loads)}};
}

} // namespace cafnode::bench
