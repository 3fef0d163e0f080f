#include "chaos/judge/verdict.hpp"

namespace cafnode::chaos {

namespace {

// By then whatever the exchange did has come to the node.
constexpr std::chrono::seconds word_of_it{1};

} // namespace

verdict live(const life_plan& plan) {
  life one{plan};
  one.run();
  const auto story = read_audit(one.exchange().audit());
  evidence seen{plan, story, one.node().told(), {}, 0};
  seen.rest_us = std::chrono::duration_cast<std::chrono::microseconds>(one.age() - word_of_it).count();
  for (const auto& record : one.node().board().all())
    if (const auto orders = record->orders())
      seen.shown.push_back({record->name(), orders->copy()});
  verdict out{one.fingerprint(), judge(seen), one.hits(), story.orders.size(), 0};
  for (const auto& [id, order] : story.orders)
    out.fills += order.fills.size();
  return out;
}

} // namespace cafnode::chaos
