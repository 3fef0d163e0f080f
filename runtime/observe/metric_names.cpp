#include "runtime/observe/metric_names.hpp"

namespace cafnode::observe::metric {

std::vector<const metric_spec*> all() {
  return {&build_info,
          &connections,
          &connection_opens,
          &handshakes,
          &connection_closes,
          &connection_live,
          &silence,
          &frames,
          &frame_bytes,
          &frame_faults,
          &heartbeat_answers,
          &heartbeats_missed,
          &heartbeat_answer,
          &exchange_rtt,
          &rate_remaining,
          &orders,
          &order_requests,
          &reconcile,
          &supervisor_restarts,
          &supervisor_escalations,
          &supervisor_budgets_exhausted,
          &supervisor_circuits_opened,
          &supervisor_stalled,
          &supervisor_fenced,
          &supervisor_away,
          &circuits_open,
          &zombies,
          &tree_dropped,
          &dead_letters,
          &children,
          &config_rejects,
          &config_applied,
          &log_dropped,
          &events_published,
          &events_lost,
          &ready,
          &process_cpu,
          &process_resident,
          &process_threads,
          &process_files,
          &process_start};
}

} // namespace cafnode::observe::metric
