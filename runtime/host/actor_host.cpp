#include "runtime/host/actor_host.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/process/system_config.hpp"
#include "runtime/process/tell.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>

#include <set>
#include <thread>
#include <utility>

namespace cafnode::host {

namespace {

constexpr std::chrono::milliseconds look_again{1};

process::system_config make_config(host_options& options) {
  process::system_config config{options.scheduler_threads};
  if (options.configure)
    options.configure(config);
  config.services().use_end_hook(std::move(options.on_process_end));
  return config;
}

} // namespace

struct actor_host::parts {
  explicit parts(host_options options)
      : kill_grace{options.kill_grace},
        config{make_config(options)},
        system{config},
        engine{system, clock, options.io_threads},
        aside{system, clock, "caf-aside"} {
    engine.use_escape_hook(options.on_escape);
    config.services().use_timers(engine.unit(0).timers());
    engine.start();
    aside.use_escape_hook(options.on_escape);
    aside.start();
  }

  // What is left in the engine's queues goes while the system still stands.
  machine_clock clock;
  std::chrono::milliseconds kill_grace;
  process::system_config config;
  caf::actor_system system;
  io_engine engine;
  io_unit aside;
};

actor_host::actor_host(host_options options) : parts_{std::make_unique<parts>(std::move(options))} {}

actor_host::~actor_host() {
  if (parts_)
    static_cast<void>(shutdown({}, std::chrono::milliseconds{0}));
}

caf::actor_system& actor_host::system() noexcept {
  return parts_->system;
}

process::services& actor_host::services() noexcept {
  return parts_->config.services();
}

io_engine& actor_host::engine() noexcept {
  return parts_->engine;
}

io_unit& actor_host::aside() noexcept {
  return parts_->aside;
}

const base::clock_source& actor_host::clock() const noexcept {
  return parts_->clock;
}

shutdown_report actor_host::end_processes(caf::actor root, std::chrono::milliseconds within) {
  CAFNODE_INVARIANT(parts_, "a host was shut down twice");
  shutdown_report report;
  if (root)
    process::ask_to_stop(root);
  // A handle keeps what a process was made of, seats on the I/O threads among it, even after its end.
  root = nullptr;
  if (!wait_until_empty(within))
    report.killed = kill_the_rest();
  if (!is_empty())
    report.stuck = stuck();
  return report;
}

shutdown_report actor_host::shutdown(caf::actor root, std::chrono::milliseconds within) {
  auto report = end_processes(std::move(root), within);
  if (!report.stuck.empty()) {
    abandon();
    return report;
  }
  parts_->aside.stop();
  parts_->engine.stop();
  parts_ = nullptr;
  return report;
}

bool actor_host::is_empty() const {
  return parts_->system.registry().running() == 0;
}

bool actor_host::wait_until_empty(std::chrono::milliseconds within) {
  const auto deadline = parts_->clock.now().steady + within;
  while (!is_empty() && parts_->clock.now().steady < deadline)
    std::this_thread::sleep_for(look_again);
  return is_empty();
}

std::vector<std::string> actor_host::kill_the_rest() {
  std::set<caf::actor_id> known;
  std::vector<std::string> labels;
  const auto deadline = parts_->clock.now().steady + parts_->kill_grace;
  // Again and again, since one that is not killed yet may start another.
  do {
    for (const auto& each : services().live()) {
      if (!known.insert(each.handle.id()).second)
        continue;
      labels.push_back(each.label);
      process::kill(each.handle);
    }
    std::this_thread::sleep_for(look_again);
  } while (!is_empty() && parts_->clock.now().steady < deadline);
  return labels;
}

std::vector<std::string> actor_host::stuck() const {
  std::vector<std::string> labels;
  for (const auto& each : parts_->config.services().live())
    labels.push_back(each.label);
  if (labels.empty())
    labels.emplace_back("an actor that is no process");
  return labels;
}

void actor_host::abandon() {
  parts_->aside.abandon();
  parts_->engine.abandon();
  // Kept where it can be reached: this is meant, and no leak.
  static std::vector<parts*>& abandoned = *new std::vector<parts*>;
  abandoned.push_back(parts_.release());
}

} // namespace cafnode::host
