#pragma once

#include "control/tree/tree_view.hpp"
#include "runtime/observe/metrics.hpp"

#include <memory>

namespace cafnode::control {

/// Adds what the rows of the tree add up to, to be read at each scrape.
void add_tree_metrics(observe::registry& to, const std::shared_ptr<const tree_view>& tree);

} // namespace cafnode::control
