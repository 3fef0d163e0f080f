#pragma once

#include "actors/session/order_table.hpp"
#include "chaos/judge/exchange_story.hpp"
#include "chaos/life/life_plan.hpp"
#include "chaos/world/told_log.hpp"

#include <map>
#include <string>
#include <vector>

namespace cafnode::chaos {

/// A rule that was broken, and by which order.
struct violation {
  std::string rule;
  std::string label; // empty: of no order
  std::string story; // what was logged and told of it, a line each
};

/// What a node says of itself at rest, by connection.
struct shown_orders {
  std::string connection;
  session::order_copy orders;
};

/// What the judge is given. It reads no state of the node but what its users see.
struct evidence {
  const life_plan& plan;
  const exchange_story& exchange;
  const told_log& told;
  std::vector<shown_orders> shown; // at rest
  std::int64_t rest_us = 0;        // what was logged later need not be known yet
};

/// Every rule that a life broke. Rules:
///
///   placed_twice      one label of ours stands for two orders
///   refused_but_placed   a user was told "refused", and the exchange has the order
///   lives_unseen      an order lives at rest and is in no list
///   dead_but_lives    an order that is shown as over lives
///   lives_but_over    an order that is shown as live is over
///   in_doubt_at_rest  an order is still in doubt
///   filled_wrong      what is shown as filled is not what was
///   fill_untold, fill_told_twice  each fill is told once
///   too_many_requests the exchange answered 10028
///   line_unclaimed    the log has a line that the judge does not know
[[nodiscard]] std::vector<violation> judge(const evidence& seen);

} // namespace cafnode::chaos
