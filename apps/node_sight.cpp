#include "apps/node_sight.hpp"

#include "apps/node_metrics.hpp"
#include "runtime/observe/event_log.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/metric_names.hpp"
#include "runtime/observe/process_metrics.hpp"

#include <string>
#include <unistd.h>
#include <vector>

namespace cafnode::node {

namespace {

void add_metrics(observe::registry& metrics, const std::shared_ptr<session::board>& board,
                 const std::shared_ptr<control::node_stage_cell>& stage, const conf::node_config& config) {
  std::vector<std::string> exchanges;
  for (const auto& exchange : config.exchanges)
    exchanges.push_back(exchange.name);
  add_board_metrics(metrics, board, exchanges);
  observe::add_process_metrics(metrics);
  metrics.gauge_of(observe::metric::build_info, {CAFNODE_VERSION}).set(1);
  metrics.add_reading(observe::metric::ready, {},
                      [stage] { return *stage == control::node_stage::serving ? 1.0 : 0.0; });
  metrics.add_reading(observe::metric::log_dropped, {},
                      [] { return static_cast<double>(observe::log_lines_dropped()); });
}

} // namespace

node_sight::node_sight(const conf::node_config& config, const base::clock_source& clock)
    : stage{std::make_shared<control::node_stage_cell>(control::node_stage::starting)},
      board{std::make_shared<session::board>()} {
  auto tree = std::make_shared<control::tree_view>();
  views.facts = {config.name, config.region, CAFNODE_VERSION, ::getpid(), clock.now()};
  views.stage = stage;
  views.clock = std::shared_ptr<const base::clock_source>{std::shared_ptr<void>{}, &clock};
  views.board = board;
  views.tree = tree;
  views.events = std::make_shared<observe::event_log>(observe::event_log_config{});
  views.metrics_text = [this] { return metrics.render(); };
  told = std::make_shared<telemetry>(std::make_shared<control::event_bridge>(tree, views.events), metrics);
  add_metrics(metrics, board, stage, config);
}

} // namespace cafnode::node
