#include "apps/node/sight.hpp"

#include "control/telemetry/board_metrics.hpp"
#include "control/telemetry/tree_metrics.hpp"
#include "runtime/net/dial_service.hpp"
#include "runtime/observe/event_log.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/metric_names.hpp"
#include "runtime/observe/process_metrics.hpp"

#include <string>
#include <unistd.h>

namespace cafnode::node {

namespace {

void add_metrics(observe::registry& metrics, const std::shared_ptr<session::board>& board,
                 const std::shared_ptr<control::node_stage_cell>& stage,
                 const std::shared_ptr<control::tree_view>& tree, const base::clock_source& clock,
                 const conf::node_config& config) {
  control::add_board_metrics(metrics, board, clock, config);
  control::add_tree_metrics(metrics, tree);
  observe::add_process_metrics(metrics);
  metrics.gauge_of(observe::metric::build_info, {CAFNODE_VERSION}).set(1);
  metrics.add_reading(observe::metric::ready, {},
                      [stage] { return *stage == control::node_stage::serving ? 1.0 : 0.0; });
  metrics.add_reading(observe::metric::log_dropped, {"queue_full"},
                      [] { return static_cast<double>(observe::log_lines_dropped()); });
  metrics.add_reading(observe::metric::log_dropped, {"unwritten"},
                      [] { return static_cast<double>(observe::log_lines_unwritten()); });
  metrics.gauge_of(observe::metric::config_applied).set(static_cast<double>(base::to_unix_ms(clock.now().wall)) / 1000);
  metrics.counter_of(observe::metric::config_rejects);
}

} // namespace

node_sight::node_sight(const conf::node_config& config, const base::clock_source& clock)
    : stage{std::make_shared<control::node_stage_cell>(control::node_stage::starting)},
      board{std::make_shared<session::board>()},
      tree{std::make_shared<control::tree_view>()} {
  views.facts = {config.name, config.region, CAFNODE_VERSION, ::getpid(), clock.now()};
  views.stage = stage;
  views.clock = std::shared_ptr<const base::clock_source>{std::shared_ptr<void>{}, &clock};
  views.board = board;
  views.tree = tree;
  views.events = std::make_shared<observe::event_log>(observe::event_log_config{});
  views.metrics_text = [this] { return metrics.render(); };
  told = std::make_shared<control::telemetry>(tree, views.events, metrics);
  add_metrics(metrics, board, stage, tree, clock, config);
  metrics.add_reading(observe::metric::events_lost, {},
                      [events = views.events] { return static_cast<double>(events->lost_by_subscribers()); });
}

void node_sight::look_at(host::io_engine& engine) {
  std::vector<std::shared_ptr<const net::gate_figures>> gates;
  for (std::size_t index = 0; index < engine.size(); ++index)
    gates.push_back(net::dial_service::of(engine.unit(index).context()).gate->figures());
  const auto add = [&](const char* state, std::atomic<std::uint32_t> net::gate_figures::*member) {
    metrics.add_reading(observe::metric::handshakes, {state}, [gates, member] {
      double sum = 0;
      for (const auto& each : gates)
        sum += (*each.*member).load(std::memory_order_relaxed);
      return sum;
    });
  };
  add("under_way", &net::gate_figures::under_way);
  add("waiting", &net::gate_figures::waiting);
}

void node_sight::look_at(const process::services& services) {
  views.dead_letters = [&services] { return services.dead_letters_by_kind(); };
  for (std::size_t place = 0; place < process::dead_letter_kinds; ++place) {
    const auto kind = static_cast<process::dead_letter_kind>(place);
    metrics.add_reading(observe::metric::dead_letters, {std::string{process::to_string(kind)}}, [&services, place] {
      return static_cast<double>(services.dead_letters_by_kind().counts[place]);
    });
  }
}

} // namespace cafnode::node
