#include "actors/session/gate_policy.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::session {

namespace {

constexpr std::chrono::milliseconds wait_min{5};
constexpr std::chrono::milliseconds wait_max{1000};

} // namespace

std::string explain(gate_verdict verdict) {
  switch (verdict) {
  case gate_verdict::pass:
    return "passes";
  case gate_verdict::not_live:
    return "the connection is not live: nothing was sent; try again when it is";
  case gate_verdict::over_rate:
    return "the account's rate budget is spent: nothing was sent; try again in a second";
  case gate_verdict::too_many_asked:
    return "too many order requests wait for their answers: nothing was sent; try again when some have come";
  case gate_verdict::held:
    return "the configuration of this connection is being changed: nothing was sent; try again when that is done";
  }
  return "refused";
}

gate_policy::gate_policy(gate_limits limits, spender& spending) : limits_{limits}, spending_{&spending} {
  use(limits);
}

void gate_policy::use(gate_limits limits) {
  limits_ = limits;
  CAFNODE_INVARIANT(limits.in_flight_max > 0, "a gate that lets nothing through");
}

gate_verdict gate_policy::admit_order(bool live, base::time_point now) {
  if (!live)
    return gate_verdict::not_live;
  if (in_flight_ >= limits_.in_flight_max)
    return gate_verdict::too_many_asked;
  if (!spending_->take_order(now))
    return gate_verdict::over_rate;
  ++in_flight_;
  return gate_verdict::pass;
}

gate_verdict gate_policy::admit_cancel(bool live, base::time_point now) {
  if (!live)
    return gate_verdict::not_live;
  if (!spending_->take_cancel(now))
    return gate_verdict::over_rate;
  ++in_flight_;
  return gate_verdict::pass;
}

gate_verdict gate_policy::admit_query(std::int64_t credits, base::time_point now) {
  return spending_->take_query(credits, now) ? gate_verdict::pass : gate_verdict::over_rate;
}

gate_verdict gate_policy::admit_spare(std::int64_t credits, base::time_point now) {
  return spending_->can_spare(credits, now) ? admit_query(credits, now) : gate_verdict::over_rate;
}

base::duration gate_policy::query_wait(std::int64_t credits, base::time_point now) const {
  return std::clamp<base::duration>(spending_->query_wait(credits, now), wait_min, wait_max);
}

base::duration gate_policy::order_wait(base::time_point now) const {
  return std::clamp<base::duration>(spending_->order_wait(now), wait_min, wait_max);
}

base::duration gate_policy::cancel_wait(base::time_point now) const {
  return std::clamp<base::duration>(spending_->cancel_wait(now), wait_min, wait_max);
}

void gate_policy::unsent(base::time_point now) {
  spending_->handed_on({1, 0, 0}, false, now);
  answered();
}

void gate_policy::answered() {
  CAFNODE_INVARIANT(in_flight_ > 0, "an answer to a request that was never admitted");
  --in_flight_;
}

void gate_policy::drain(base::time_point now) {
  spending_->drain(now);
}

} // namespace cafnode::session
