#include "actors/session/spender.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

using venues::credits;

credits difference(credits of, credits less) {
  return {of.matching - less.matching, of.other - less.other, of.subscribe - less.subscribe};
}

credits sum(credits one, credits other) {
  return {one.matching + other.matching, one.other + other.other, one.subscribe + other.subscribe};
}

credits smaller(credits one, credits other) {
  return {std::min(one.matching, other.matching), std::min(one.other, other.other),
          std::min(one.subscribe, other.subscribe)};
}

} // namespace

void spender::claim(const credits& cost) {
  ready_ = sum(ready_, cost);
  transit_ = sum(transit_, cost);
}

bool spender::take_order(base::time_point now) {
  if (budget_ && !budget_->take_order(now))
    return false;
  claim({1, 0, 0});
  return true;
}

bool spender::take_cancel(base::time_point now) {
  if (budget_ && !budget_->take_cancel(now))
    return false;
  claim({1, 0, 0});
  return true;
}

bool spender::take_query(std::int64_t cost, base::time_point now) {
  if (has_turn_ && ready_.other - transit_.other >= cost) {
    transit_.other += cost;
    return true;
  }
  if (budget_ && !budget_->take_query(cost, now))
    return false;
  claim({0, cost, 0});
  return true;
}

bool spender::can_spare(std::int64_t cost, base::time_point now) const {
  return !budget_ || budget_->can_spare(cost, now);
}

base::duration spender::order_wait(base::time_point now) const {
  return budget_ ? budget_->order_wait(now) : base::duration::zero();
}

base::duration spender::cancel_wait(base::time_point now) const {
  return budget_ ? budget_->cancel_wait(now) : base::duration::zero();
}

base::duration spender::query_wait(std::int64_t cost, base::time_point now) const {
  return budget_ ? budget_->query_wait(cost, now) : base::duration::zero();
}

void spender::handed_on(const credits& cost, bool sent, base::time_point now) {
  // What a client that is gone had taken was settled with it.
  const auto mine = smaller(cost, transit_);
  transit_ = difference(transit_, mine);
  if (sent)
    return;
  const auto back = smaller(mine, ready_);
  ready_ = difference(ready_, back);
  if (budget_)
    budget_->unsent(back, now);
}

rate_budget::turn spender::ask_turn(standing as, const credits& cost, base::time_point now) {
  if (!budget_) {
    has_turn_ = true;
    return {true, {}};
  }
  // The limits may have changed since: a turn that costs more than there can ever be never comes.
  const auto payable = budget_->affordable(cost);
  if (ticket_ != 0 && ticket_cost_ != payable)
    leave_queue(now);
  if (ticket_ == 0) {
    ticket_cost_ = payable;
    ticket_ = budget_->enter(as, ticket_cost_, now);
  }
  const auto turn = budget_->poll(ticket_, now);
  if (turn.granted) {
    ticket_ = 0;
    has_turn_ = true;
    ready_ = sum(ready_, ticket_cost_);
  }
  return turn;
}

void spender::end_turn(base::time_point now) {
  has_turn_ = false;
  const auto left = difference(ready_, transit_);
  ready_ = transit_;
  if (budget_)
    budget_->unsent(left, now);
}

void spender::saw(const venues::traffic& traffic, base::time_point now) {
  const auto sent = difference(traffic.sent, seen_.sent);
  const auto answered = difference(traffic.answered, seen_.answered);
  seen_ = traffic;
  if (sent != credits{}) {
    const auto paid = smaller(sent, ready_);
    ready_ = difference(ready_, paid);
    transit_ = smaller(transit_, ready_);
    const auto owed = difference(sent, paid);
    if (budget_ && owed != credits{})
      budget_->force(owed, now);
  }
  if (budget_ && answered != credits{})
    budget_->answered(answered, now);
}

void spender::leave_queue(base::time_point now) {
  if (ticket_ != 0 && budget_)
    budget_->leave(ticket_, ticket_cost_, now);
  ticket_ = 0;
}

void spender::ended(base::time_point now) {
  leave_queue(now);
  if (budget_) {
    if (ready_ != credits{})
      budget_->unsent(ready_, now);
    budget_->lost(difference(seen_.sent, seen_.answered), now);
  }
  ready_ = {};
  transit_ = {};
  seen_ = {};
  has_turn_ = false;
}

void spender::drain(base::time_point now) {
  if (budget_)
    budget_->drain(now);
}

std::int64_t spender::matching_left(base::time_point now) const {
  return budget_ ? budget_->matching_left(now) : 0;
}

std::int64_t spender::credits_left(base::time_point now) const {
  return budget_ ? budget_->credits_left(now) : 0;
}

} // namespace cafnode::session
