#include "apps/node/own_machine.hpp"

#include "actors/session/depot.hpp"
#include "apps/node/file_plan.hpp"
#include "runtime/host/process_files.hpp"
#include "runtime/host/thread_rehearsal.hpp"

#include <algorithm>
#include <cstdio>
#include <thread>
#include <unistd.h>

namespace cafnode::node {

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "node";
}

long own_pid() noexcept {
  return ::getpid();
}

std::uint64_t seed_of(const conf::node_config& config, const base::clock_source& clock) {
  return config.seed != 0 ? config.seed
                          : static_cast<std::uint64_t>(clock.now().wall.time_since_epoch().count()) ^
                                (static_cast<std::uint64_t>(::getpid()) << 40U);
}

std::size_t io_threads_of(const conf::node_config& config) {
  return config.io_threads != 0 ? config.io_threads : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

bool has_threads(const conf::node_config& config) {
  constexpr std::size_t others =
      9; // the one aside, CAF's scheduler and clock, the log, control, and what libraries may start
  const auto rehearsed = host::rehearse_threads(io_threads_of(config) + others);
  if (!rehearsed)
    std::fprintf(stderr,
                 "caf-node: %s: raise the limits of this process (ulimit -u, ulimit -v; TasksMax=, LimitNPROC= and "
                 "LimitAS= of its service)\n",
                 rehearsed.fault().c_str());
  return rehearsed.has_value();
}

namespace {

file_needs needs_of(const conf::node_config& config) {
  file_needs needs{io_threads_of(config), 0};
  for (const auto& exchange : config.exchanges)
    for (const auto& entry : exchange.connections)
      needs.connections += entry.count;
  return needs;
}

} // namespace

std::optional<std::string> what_lacks(const conf::node_config& config) {
  if (auto lacks = session::depot::why_not(session::wanted_of(config)))
    return lacks;
  const auto needs = needs_of(config);
  const auto plan = plan_files(host::raise_file_limit(), needs);
  return plan.fits() ? std::nullopt : std::optional{explain(plan, needs)};
}

std::optional<std::size_t> share_files(const conf::node_config& config) {
  const auto needs = needs_of(config);
  const auto plan = plan_files(host::raise_file_limit(), needs);
  if (plan.fits())
    return plan.control_connections;
  std::fprintf(stderr, "caf-node: %s\n", explain(plan, needs).c_str());
  return std::nullopt;
}

} // namespace cafnode::node
