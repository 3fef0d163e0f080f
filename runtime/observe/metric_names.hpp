#pragma once

#include "runtime/observe/metrics.hpp"

#include <vector>

/// Every metric of a node, so that names, units and labels are chosen once and checked together. Labels take values
/// from small sets only: never a path, an order or an instrument.
namespace cafnode::observe::metric {

/// The bounds of a histogram of durations: 1 us, 2 us, 4 us and so on, so many of them, in seconds.
[[nodiscard]] std::vector<double> powers_of_two_us(std::size_t count);

inline const metric_spec build_info{
    metric_kind::gauge, "caf_node_build_info", "Always 1; the labels say what runs.", {"version"}, {}};
inline const metric_spec connections{
    metric_kind::gauge, "caf_node_connections", "Connections by phase.", {"exchange", "phase"}, {}};
inline const metric_spec connection_opens{
    metric_kind::counter, "caf_node_connection_opens_total", "WebSockets that opened.", {"exchange"}, {}};
inline const metric_spec handshakes{metric_kind::gauge,
                                    "caf_node_handshakes",
                                    "Handshakes (TCP, TLS, upgrade) that are under way, and that wait for their turn.",
                                    {"state"},
                                    {}};
inline const metric_spec connection_closes{metric_kind::counter,
                                           "caf_node_connection_closes_total",
                                           "WebSockets that closed, by cause.",
                                           {"exchange", "cause"},
                                           {}};
inline const metric_spec connection_live{metric_kind::histogram,
                                         "caf_node_connection_live_seconds",
                                         "From a loss to live again.",
                                         {"exchange"},
                                         {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}};
inline const metric_spec connection_up{
    metric_kind::gauge, "caf_node_connection_up", "1 when the connection is live.", {"exchange", "connection"}, {}};
inline const metric_spec silence{metric_kind::gauge,
                                 "caf_node_connection_silence_seconds",
                                 "How long a live connection has received nothing; 0 when it is not live.",
                                 {"exchange", "connection"},
                                 {}};
inline const metric_spec connection_answer{metric_kind::gauge,
                                           "caf_node_connection_heartbeat_answer_seconds",
                                           "From a heartbeat's arrival to its answer, since the node started.",
                                           {"exchange", "connection", "quantile"},
                                           {}};
inline const metric_spec connection_rtt{metric_kind::gauge,
                                        "caf_node_connection_rtt_seconds",
                                        "From a heartbeat's answer to the exchange's reply, since the node started.",
                                        {"exchange", "connection", "quantile"},
                                        {}};
inline const metric_spec frames{
    metric_kind::counter, "caf_node_frames_total", "Frames by direction.", {"exchange", "direction"}, {}};
inline const metric_spec frame_bytes{
    metric_kind::counter, "caf_node_frame_bytes_total", "Bytes in frames by direction.", {"exchange", "direction"}, {}};
inline const metric_spec frame_faults{
    metric_kind::counter, "caf_node_frame_faults_total", "What could not be read, by kind.", {"exchange", "kind"}, {}};
inline const metric_spec heartbeat_answers{
    metric_kind::counter, "caf_node_heartbeat_answers_total", "Heartbeats answered.", {"exchange"}, {}};
inline const metric_spec heartbeats_missed{
    metric_kind::counter, "caf_node_heartbeats_missed_total", "Heartbeats not answered in time.", {"exchange"}, {}};
inline const metric_spec probes_sent{metric_kind::counter,
                                     "caf_node_probes_sent_total",
                                     "Questions after a sign of life, asked because of a silence.",
                                     {"exchange"},
                                     {}};
inline const metric_spec heartbeat_answer{metric_kind::histogram,
                                          "caf_node_heartbeat_answer_seconds",
                                          "From a heartbeat's arrival to its answer.",
                                          {"exchange"},
                                          powers_of_two_us(25)};
inline const metric_spec exchange_rtt{metric_kind::histogram,
                                      "caf_node_exchange_rtt_seconds",
                                      "From a heartbeat's answer to the exchange's reply.",
                                      {"exchange"},
                                      powers_of_two_us(25)};
inline const metric_spec orders{
    metric_kind::gauge, "caf_node_orders", "Orders by state, those in doubt among them.", {"exchange", "state"}, {}};
inline const metric_spec order_requests{metric_kind::counter,
                                        "caf_node_order_requests_total",
                                        "Order requests by kind and outcome.",
                                        {"exchange", "kind", "outcome"},
                                        {}};
inline const metric_spec reconcile{metric_kind::histogram,
                                   "caf_node_reconcile_seconds",
                                   "How long a reconciliation took.",
                                   {"exchange"},
                                   {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}};
inline const metric_spec supervisor_restarts{metric_kind::counter,
                                             "caf_node_supervisor_restarts_total",
                                             "Children started again, by the reason of their end.",
                                             {"supervisor", "child", "reason"},
                                             {}};
inline const metric_spec supervisor_escalations{
    metric_kind::counter, "caf_node_supervisor_escalations_total", "Supervisors that gave up.", {"supervisor"}, {}};
inline const metric_spec supervisor_budgets_exhausted{metric_kind::counter,
                                                      "caf_node_supervisor_budgets_exhausted_total",
                                                      "Restarts for which the budget of their reason had no room.",
                                                      {"supervisor"},
                                                      {}};
inline const metric_spec supervisor_circuits_opened{metric_kind::counter,
                                                    "caf_node_supervisor_circuits_opened_total",
                                                    "Circuits of children that opened, again or for the first time.",
                                                    {"supervisor"},
                                                    {}};
inline const metric_spec supervisor_stalled{metric_kind::counter,
                                            "caf_node_supervisor_stalled_total",
                                            "Children killed because they made no progress.",
                                            {"supervisor"},
                                            {}};
inline const metric_spec supervisor_fenced{metric_kind::counter,
                                           "caf_node_supervisor_fenced_total",
                                           "Processes given up because not even a kill ended them.",
                                           {"supervisor"},
                                           {}};
inline const metric_spec supervisor_away{metric_kind::histogram,
                                         "caf_node_supervisor_away_seconds",
                                         "From a failure until all that it took down were up again.",
                                         {"supervisor"},
                                         {0.001, 0.01, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}};
inline const metric_spec circuits_open{
    metric_kind::gauge, "caf_node_circuits_open", "Children whose circuit is open or half open.", {}, {}};
inline const metric_spec zombies{
    metric_kind::gauge, "caf_node_zombies", "Processes that were given up and are still there.", {}, {}};
inline const metric_spec tree_dropped{metric_kind::counter,
                                      "caf_node_tree_rows_dropped_total",
                                      "Events of children for which the tree view had no room.",
                                      {},
                                      {}};
inline const metric_spec dead_letters{
    metric_kind::counter, "caf_node_dead_letters_total", "Messages that reached nobody.", {"kind"}, {}};
inline const metric_spec children{
    metric_kind::gauge, "caf_node_children", "Supervisors and workers by state.", {"state"}, {}};
inline const metric_spec config_rejects{
    metric_kind::counter, "caf_node_config_rejects_total", "Configurations that were read again and refused.", {}, {}};
inline const metric_spec config_applied{metric_kind::gauge,
                                        "caf_node_config_last_apply_timestamp_seconds",
                                        "When the configuration in force was applied, in Unix time.",
                                        {},
                                        {}};
inline const metric_spec config_version{
    metric_kind::gauge, "caf_node_config_version", "The version of the configuration in force.", {}, {}};
inline const metric_spec config_drift{
    metric_kind::gauge, "caf_node_config_drift", "Whether the node's file differs from what is in force.", {}, {}};
inline const metric_spec log_dropped{
    metric_kind::counter, "caf_node_log_lines_dropped_total", "Log lines lost, by reason.", {"reason"}, {}};
inline const metric_spec events_published{metric_kind::counter, "caf_node_events_total", "Events published.", {}, {}};
inline const metric_spec events_lost{
    metric_kind::counter, "caf_node_event_subscriber_lost_total", "Events that a slow subscriber did not get.", {}, {}};
inline const metric_spec ready{metric_kind::gauge, "caf_node_ready", "1 when /readyz says so.", {}, {}};
inline const metric_spec process_cpu{
    metric_kind::counter, "process_cpu_seconds_total", "Processor time, user and system.", {}, {}};
inline const metric_spec process_resident{
    metric_kind::gauge, "process_resident_memory_bytes", "Resident memory.", {}, {}};
inline const metric_spec process_threads{metric_kind::gauge, "process_threads", "Threads.", {}, {}};
inline const metric_spec process_files{metric_kind::gauge, "process_open_fds", "Open file descriptors.", {}, {}};
inline const metric_spec process_files_max{
    metric_kind::gauge, "process_max_fds", "File descriptors that the process may have open.", {}, {}};
inline const metric_spec process_start{
    metric_kind::gauge, "process_start_time_seconds", "When the process started, in Unix time.", {}, {}};

/// All of the above, for the checks.
[[nodiscard]] std::vector<const metric_spec*> all();

} // namespace cafnode::observe::metric
