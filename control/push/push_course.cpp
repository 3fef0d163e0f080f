#include "control/push/push_course.hpp"

#include "runtime/base/invariant.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::control {

namespace {

constexpr std::chrono::milliseconds orders_pause{100};
constexpr std::chrono::milliseconds telling_pause{2};
constexpr std::chrono::milliseconds health_pause{20};

} // namespace

push_course::push_course(push_limits limits, base::time_point now) : limits_{limits}, since_{now} {}

void push_course::go(push_act act, base::time_point now) {
  act_ = act;
  since_ = now;
  pause_ = {};
}

void push_course::take_back(std::string why) {
  act_ = push_act::undo;
  pause_ = {};
  why_ = std::move(why);
}

void push_course::refuse(std::string why) {
  act_ = push_act::finish;
  result_ = push_result::refused;
  why_ = std::move(why);
}

void push_course::held(std::size_t left, const std::string& first, base::time_point now) {
  CAFNODE_INVARIANT(act_ == push_act::hold_orders, "orders were held out of turn");
  if (left == 0)
    return go(push_act::look_at_orders, now);
  if (is_over(limits_.telling_max, now))
    return refuse(fmt::format("the order gate of {} did not answer within {} ms", first, limits_.telling_max.count()));
  pause_ = telling_pause;
}

void push_course::orders_seen(const std::string& obstacle, bool may_pass, base::time_point now) {
  CAFNODE_INVARIANT(act_ == push_act::look_at_orders, "orders were looked at out of turn");
  if (obstacle.empty() || limits_.force)
    return go(push_act::change, now);
  if (!may_pass || is_over(limits_.orders_max, now)) {
    orders_refused_ = true;
    return refuse(obstacle);
  }
  pause_ = orders_pause;
}

void push_course::not_proposed(std::string why) {
  CAFNODE_INVARIANT(act_ == push_act::change, "a proposal failed out of turn");
  refuse(std::move(why));
}

void push_course::changed(std::optional<std::string> fault, base::time_point now) {
  CAFNODE_INVARIANT(act_ == push_act::change, "supervisors were changed out of turn");
  if (fault)
    return take_back(std::move(*fault));
  go(push_act::tell, now);
}

void push_course::told(std::size_t left, base::time_point now) {
  CAFNODE_INVARIANT(act_ == push_act::tell, "connections were told out of turn");
  if (left == 0)
    return go(limits_.healthy_within.count() > 0 ? push_act::look_at_health : push_act::commit, now);
  if (is_over(limits_.telling_max, now))
    return take_back(fmt::format("{} connection{} did not take the new values over within {} ms", left,
                                 left == 1 ? "" : "s", limits_.telling_max.count()));
  pause_ = telling_pause;
}

void push_course::health_seen(std::size_t unwell, const std::string& first, base::time_point now) {
  CAFNODE_INVARIANT(act_ == push_act::look_at_health, "health was looked at out of turn");
  if (unwell == 0)
    return go(push_act::commit, now);
  if (is_over(limits_.healthy_within, now))
    return take_back(fmt::format("{} of the changed connections not live within {} ms: {}", unwell,
                                 limits_.healthy_within.count(), first));
  pause_ = health_pause;
}

void push_course::committed(std::optional<std::string> fault) {
  CAFNODE_INVARIANT(act_ == push_act::commit, "it was committed out of turn");
  if (fault)
    return take_back(std::move(*fault));
  act_ = push_act::finish;
}

void push_course::undone(std::optional<std::string> fault) {
  CAFNODE_INVARIANT(act_ == push_act::undo, "it was undone out of turn");
  act_ = push_act::finish;
  result_ = fault ? push_result::undo_failed : push_result::undone;
  if (fault)
    why_ += "; and taking it back failed: " + *fault;
}

void push_course::give_up(std::string why) {
  if (act_ == push_act::hold_orders || act_ == push_act::look_at_orders)
    refuse(std::move(why));
  else if (act_ == push_act::tell || act_ == push_act::look_at_health)
    take_back(std::move(why));
}

} // namespace cafnode::control
