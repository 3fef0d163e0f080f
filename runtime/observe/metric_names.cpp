#include "runtime/observe/metric_names.hpp"

namespace cafnode::observe::metric {

std::vector<double> powers_of_two_us(std::size_t count) {
  std::vector<double> bounds;
  for (std::size_t i = 0; i < count; ++i)
    bounds.push_back(static_cast<double>(std::uint64_t{1} << i) / 1e6);
  return bounds;
}

std::vector<const metric_spec*> all() {
  return {&build_info,
          &connections,
          &connection_opens,
          &handshakes,
          &connection_closes,
          &connection_live,
          &connection_up,
          &silence,
          &connection_answer,
          &connection_rtt,
          &frames,
          &frame_bytes,
          &frame_faults,
          &heartbeat_answers,
          &heartbeats_missed,
          &probes_sent,
          &heartbeat_answer,
          &exchange_rtt,
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
          &config_version,
          &config_drift,
          &log_dropped,
          &events_published,
          &events_lost,
          &ready,
          &process_cpu,
          &process_resident,
          &process_threads,
          &process_files,
          &process_files_max,
          &process_start};
}

} // namespace cafnode::observe::metric
