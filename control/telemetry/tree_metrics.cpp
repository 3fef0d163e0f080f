#include "control/telemetry/tree_metrics.hpp"

#include "runtime/observe/metric_names.hpp"

#include <algorithm>

namespace cafnode::control {

void add_tree_metrics(observe::registry& to, const std::shared_ptr<const tree_view>& tree) {
  namespace metric = observe::metric;
  const auto reading = [tree](auto figure) {
    return [tree, figure] { return static_cast<double>(figure(tree->counts())); };
  };
  to.add_reading(metric::circuits_open, {}, reading([](const tree_counts& all) { return all.circuits_open; }));
  to.add_reading(metric::zombies, {}, reading([](const tree_counts& all) { return all.zombies; }));
  to.add_reading(metric::tree_dropped, {}, reading([](const tree_counts& all) { return all.dropped; }));
  to.add_reading(metric::children, {"running"}, reading([](const tree_counts& all) { return all.running; }));
  to.add_reading(metric::children, {"waiting"}, reading([](const tree_counts& all) { return all.waiting; }));
  to.add_reading(metric::children, {"other"}, reading([](const tree_counts& all) {
                   const auto known = all.supervisors + all.workers;
                   return known - std::min(known, all.running + all.waiting);
                 }));
}

} // namespace cafnode::control
