#include "runtime/process/system_config.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/process/quiet_scheduler.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/process/timer_thread.hpp"

#include <caf/atom.hpp>

#include <string>

namespace cafnode::process {

namespace {

std::string render_reason(std::uint8_t code, caf::atom_value category, const caf::message& context) {
  const caf::error reason{code, category, context};
  return std::string{to_string(code_of(reason))} + ": " + text_of(reason);
}

} // namespace

system_config::system_config(std::size_t scheduler_threads) : services_{std::make_unique<process::services>()} {
  CAFNODE_INVARIANT(scheduler_threads > 0, "a scheduler without a thread");
  set("scheduler.policy", caf::atom("sharing"));
  module_factories.emplace_back(make_quiet_scheduler);
  set("scheduler.max-threads", scheduler_threads);
  set("scheduler.max-throughput", throughput_max);
  set("logger.verbosity", caf::atom("quiet"));
  set("logger.console", caf::atom("none"));
  add_error_category(caf::atom("process"), render_reason);
}

void system_config::use_timer_thread() {
  if (timers_)
    return;
  timers_ = std::make_unique<timer_thread>();
  services_->use_timers(*timers_);
}

services& services_of(const caf::actor_system& system) {
  const auto* ours = dynamic_cast<const system_config*>(&system.config());
  CAFNODE_INVARIANT(ours != nullptr, "a process needs an actor system that is made from a system_config");
  return ours->services();
}

} // namespace cafnode::process
