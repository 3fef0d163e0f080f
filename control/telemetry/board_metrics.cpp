#include "control/telemetry/board_metrics.hpp"

#include "runtime/observe/metric_names.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::control {

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

constexpr std::size_t buckets = session::duration_histogram::buckets;

/// The durations that the connections of an exchange have measured, all together.
std::function<observe::histogram_figures()> durations(const std::shared_ptr<session::board>& board,
                                                      const std::string& exchange,
                                                      session::duration_histogram connection_counters::*member) {
  return [board, exchange, member] {
    observe::histogram_figures all{std::vector<std::uint64_t>(buckets), 0};
    for (const auto& record : board->all()) {
      if (record->exchange() != exchange)
        continue;
      const auto& spans = record->counters.*member;
      for (std::size_t i = 0; i < buckets; ++i)
        all.counts[i] += spans.count_in(i);
      all.sum += static_cast<double>(spans.sum_us()) / 1e6;
    }
    return all;
  };
}

/// One figure of one connection; 0 before it was started first.
std::function<double()> of_one(const std::shared_ptr<session::board>& board, const std::string& name,
                               std::function<double(const connection_record&)> figure) {
  return [board, name, figure = std::move(figure)] {
    const auto record = board->find(name);
    return record ? figure(*record) : 0.0;
  };
}

bool is_live(const connection_record& record) {
  return record.view().phase == phase::live;
}

double silence_of(const connection_record& record, base::time_point now) {
  const auto last = record.counters.last_frame_ns.load(std::memory_order_relaxed);
  const std::chrono::nanoseconds since{now.time_since_epoch() - std::chrono::nanoseconds{last}};
  return last == 0 || !is_live(record) ? 0.0 : std::max(0.0, std::chrono::duration<double>{since}.count());
}

void add_quantiles(observe::registry& to, const std::shared_ptr<session::board>& board,
                   const observe::metric_spec& spec, const std::string& exchange, const std::string& name,
                   session::duration_histogram connection_counters::*member) {
  for (const auto& [label, per_mille] : {std::pair{"0.5", 500U}, std::pair{"0.99", 990U}, std::pair{"1", 1000U}})
    to.add_reading(spec, {exchange, name, label},
                   of_one(board, name, [member, per_mille = per_mille](const connection_record& record) {
                     return static_cast<double>((record.counters.*member).quantile_us(per_mille)) / 1e6;
                   }));
}

void add_own_series(observe::registry& to, const std::shared_ptr<session::board>& board,
                    const base::clock_source& clock, const std::string& exchange, const std::string& name) {
  namespace metric = observe::metric;
  to.add_reading(metric::connection_up, {exchange, name},
                 of_one(board, name, [](const connection_record& record) { return is_live(record) ? 1.0 : 0.0; }));
  to.add_reading(metric::silence, {exchange, name}, of_one(board, name, [&clock](const connection_record& record) {
                   return silence_of(record, clock.now().steady);
                 }));
  add_quantiles(to, board, metric::connection_answer, exchange, name, &connection_counters::answer_time);
  add_quantiles(to, board, metric::connection_rtt, exchange, name, &connection_counters::round_trip);
}

void add_sums(observe::registry& to, const std::shared_ptr<session::board>& board,
              const std::vector<std::string>& exchanges) {
  namespace metric = observe::metric;
  std::vector<reading> readings{
      {metric::connection_opens, {}, counted(&connection_counters::opens)},
      {metric::frames, {"in"}, counted(&connection_counters::frames_in)},
      {metric::frames, {"out"}, counted(&connection_counters::frames_out)},
      {metric::frame_bytes, {"in"}, counted(&connection_counters::bytes_in)},
      {metric::heartbeat_answers, {}, counted(&connection_counters::heartbeats_answered)},
      {metric::heartbeats_missed, {}, counted(&connection_counters::heartbeats_missed)},
      {metric::probes_sent, {}, counted(&connection_counters::probes_sent)},
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

} // namespace

void add_board_metrics(observe::registry& to, const std::shared_ptr<session::board>& board,
                       const base::clock_source& clock, const conf::node_config& config) {
  namespace metric = observe::metric;
  std::vector<std::string> exchanges;
  std::size_t own = 0;
  for (const auto& exchange : config.exchanges) {
    exchanges.push_back(exchange.name);
    to.add_histogram_reading(metric::heartbeat_answer, {exchange.name},
                             durations(board, exchange.name, &connection_counters::answer_time));
    to.add_histogram_reading(metric::exchange_rtt, {exchange.name},
                             durations(board, exchange.name, &connection_counters::round_trip));
    for (const auto& connection : conf::expand_connections(exchange))
      if (own++ < own_series_max)
        add_own_series(to, board, clock, exchange.name, connection.name);
  }
  add_sums(to, board, exchanges);
}

void renew_board_metrics(observe::registry& to, const std::shared_ptr<session::board>& board,
                         const base::clock_source& clock, const conf::node_config& config) {
  namespace metric = observe::metric;
  to.forget_readings({&metric::connection_up, &metric::silence, &metric::connection_answer, &metric::connection_rtt,
                      &metric::connection_opens, &metric::frames, &metric::frame_bytes, &metric::heartbeat_answers,
                      &metric::heartbeats_missed, &metric::probes_sent, &metric::orders, &metric::connections,
                      &metric::frame_faults, &metric::heartbeat_answer, &metric::exchange_rtt});
  add_board_metrics(to, board, clock, config);
}

} // namespace cafnode::control
