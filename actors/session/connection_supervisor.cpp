#include "actors/session/connection_supervisor.hpp"

#include "actors/session/exchange_client.hpp"
#include "actors/session/heartbeat_manager.hpp"
#include "actors/session/order_gate.hpp"
#include "runtime/process/spawn.hpp"

namespace cafnode::session {

namespace {

template<class Process>
supervision::child_spec child(std::string id, const std::shared_ptr<session_context>& context, process::home& where) {
  supervision::child_spec spec;
  spec.id = std::move(id);
  spec.start = [context, &where](process::process_base& supervisor) -> supervision::start_outcome {
    auto spawned = process::try_spawn_process<Process>(supervisor.system(), &where, context);
    if (!spawned)
      return supervision::start_failed{spawned.fault()};
    return supervision::started{std::move(spawned).value()};
  };
  return spec;
}

} // namespace

supervision::supervisor_plan connection_plan(std::shared_ptr<session_context> context, const session_config& config,
                                             process::home& where, const connection_restarts& restarts,
                                             std::shared_ptr<supervision::event_sink> events) {
  supervision::supervisor_plan plan;
  plan.path = config.path;
  plan.role = "connection";
  plan.flags.strategy = supervision::strategy::rest_for_one;
  plan.flags.intensity = restarts.intensity;
  plan.flags.period = restarts.period;
  plan.flags.pacing = restarts.pacing;
  plan.flags.budgets = {{.reasons = {process::reason_code::peer_unavailable, process::reason_code::refused}}};
  plan.children.push_back(child<exchange_client>("exchange_client", context, where));
  plan.children.push_back(child<heartbeat_manager>("heartbeat_manager", context, where));
  if (config.has_orders)
    plan.children.push_back(child<order_gate>("order_gate", context, where));
  plan.events = std::move(events);
  plan.seed = restarts.seed;
  return plan;
}

} // namespace cafnode::session
