#include "apps/node_metrics.hpp"

#include "runtime/observe/metric_names.hpp"

#include <functional>

namespace cafnode::node {

namespace {

using session::connection_counters;
using session::connection_record;
using session::phase;

/// Adds up one figure over the connections of an exchange.
std::function<double()> sum(const std::shared_ptr<session::board>& board, const std::string& exchange,
                            std::function<double(const connection_record&)> figure) {
  return [board, exchange, figure = std::move(figure)] {
    double total = 0;
    for (const auto& record : board->all())
      if (record->exchange() == exchange)
        total += figure(*record);
    return total;
  };
}

/// One counter of connection_counters as a figure.
template<class Number>
std::function<double(const connection_record&)> counted(std::atomic<Number> connection_counters::*member) {
  return [member](const connection_record& record) {
    return static_cast<double>((record.counters.*member).load(std::memory_order_relaxed));
  };
}

struct reading {
  const observe::metric_spec& spec;
  observe::label_values labels; // behind the exchange
  std::function<double(const connection_record&)> figure;
};

} // namespace

void add_board_metrics(observe::registry& to, const std::shared_ptr<session::board>& board,
                       const std::vector<std::string>& exchanges) {
  namespace metric = observe::metric;
  std::vector<reading> readings{
      {metric::connection_opens, {}, counted(&connection_counters::opens)},
      {metric::frames, {"in"}, counted(&connection_counters::frames_in)},
      {metric::frames, {"out"}, counted(&connection_counters::frames_out)},
      {metric::frame_bytes, {"in"}, counted(&connection_counters::bytes_in)},
      {metric::heartbeat_answers, {}, counted(&connection_counters::heartbeats_answered)},
      {metric::heartbeats_missed, {}, counted(&connection_counters::heartbeats_missed)},
      {metric::orders, {"open"}, counted(&connection_counters::orders_open)},
      {metric::orders, {"in_doubt"}, counted(&connection_counters::orders_in_doubt)},
  };
  for (const auto at : {phase::idle, phase::dialing, phase::authenticating, phase::subscribing, phase::reconciling,
                        phase::live, phase::draining, phase::closed})
    readings.push_back({metric::connections, {std::string{to_string(at)}}, [at](const connection_record& record) {
                          return record.view().phase == at ? 1.0 : 0.0;
                        }});
  for (std::size_t kind = 0; kind < venues::fault_kinds; ++kind)
    readings.push_back({metric::frame_faults,
                        {std::string{venues::to_string(static_cast<venues::fault_kind>(kind))}},
                        [kind](const connection_record& record) {
                          const auto& count = record.counters.faults_by_kind.at(kind);
                          return static_cast<double>(count.load(std::memory_order_relaxed));
                        }});
  for (const auto& exchange : exchanges)
    for (const auto& one : readings) {
      observe::label_values labels{exchange};
      labels.insert(labels.end(), one.labels.begin(), one.labels.end());
      to.add_reading(one.spec, labels, sum(board, exchange, one.figure));
    }
}

} // namespace cafnode::node
