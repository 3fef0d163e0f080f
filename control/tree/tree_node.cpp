#include "control/tree/tree_node.hpp"

#include <algorithm>

namespace cafnode::control {

tree_node::tree_node() = default;
tree_node::~tree_node() = default;

node_trouble& tree_node::troubles() {
  if (!trouble)
    trouble = std::make_unique<node_trouble>();
  return *trouble;
}

std::string tree_node::path() const {
  return parent ? parent->path() + "/" + id : id;
}

supervisor_part::~supervisor_part() {
  children.clear_and_dispose([](tree_node* each) { delete each; }); // NOLINT: an intrusive set owns nothing by itself
}

void supervisor_part::take_restarts(base::time_point at, std::size_t told) {
  told_restarts = told;
  if (period <= period.zero())
    return;
  const auto kept_max = std::min(intensity, restarts_kept - 1);
  if (!window)
    window.emplace(kept_max, period);
  else if (window->intensity() != kept_max || window->period() != period)
    window->change(kept_max, period);
  const auto known = restarts_at(at);
  if (told == 0) {
    window->forget();
  } else if (told < window->count(at)) { // the oldest are those that it no longer counts
    window->change(told - 1, period);
    window->change(kept_max, period);
  }
  for (auto fresh = std::min(told - std::min(told, known), kept_max + 1); fresh > 0; --fresh)
    window->record(at);
  older_restarts = told - window->count(at);
}

std::size_t supervisor_part::restarts_at(base::time_point now) const {
  if (!window)
    return told_restarts;
  const auto kept = window->count(now);
  return kept + (kept == restarts_kept ? older_restarts : 0);
}

} // namespace cafnode::control
