#include "control/push/push_course.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::control;
using namespace std::chrono_literals;
using base::time_point;

namespace {

constexpr time_point begin{};

/// Its orders are held: the next is the look at them.
push_course held(push_limits limits = {}) {
  push_course course{limits, begin};
  course.held(0, "", begin);
  return course;
}

push_course at_health() {
  auto course = held();
  course.orders_seen("", false, begin);
  course.changed(std::nullopt, begin);
  course.told(0, begin);
  return course;
}

} // namespace

SCENARIO("a change goes from its orders over the supervisors and the connections to its health, and is committed") {
  push_course course{{}, begin};
  CHECK(course.next() == push_act::hold_orders);
  course.held(0, "", begin);
  CHECK(course.next() == push_act::look_at_orders);
  course.orders_seen("", false, begin);
  CHECK(course.next() == push_act::change);
  course.changed(std::nullopt, begin);
  CHECK(course.next() == push_act::tell);
  course.told(3, begin);
  CHECK(course.next() == push_act::tell);
  CHECK(course.pause() > 0ms);
  course.told(0, begin + 1ms);
  CHECK(course.next() == push_act::look_at_health);
  CHECK(course.pause() == 0ms);
  course.health_seen(0, "", begin + 2ms);
  CHECK(course.next() == push_act::commit);
  course.committed(std::nullopt);
  CHECK(course.next() == push_act::finish);
  CHECK(course.result() == push_result::applied);
}

SCENARIO("orders in doubt are waited for, and then it is refused with nothing touched") {
  push_limits limits;
  auto course = held(limits);
  course.orders_seen("alpha has an order in doubt", true, begin);
  CHECK(course.next() == push_act::look_at_orders);
  WHEN("they are settled") {
    course.orders_seen("", false, begin + 5s);
    CHECK(course.next() == push_act::change);
  }
  WHEN("they are not") {
    course.orders_seen("alpha has an order in doubt", true, begin + 10s);
    CHECK(course.result() == push_result::refused);
    CHECK(course.why() == "alpha has an order in doubt");
    CHECK(course.may_be_forced());
  }
  WHEN("what stands against it does not pass by itself") {
    course.orders_seen("delta would be stopped with an open order", false, begin + 1s);
    CHECK(course.next() == push_act::finish);
    CHECK(course.result() == push_result::refused);
  }
}

SCENARIO("with force no order stands against it") {
  push_limits limits;
  limits.force = true;
  auto course = held(limits);
  course.orders_seen("delta would be stopped with an open order", false, begin);
  CHECK(course.next() == push_act::change);
}

SCENARIO("whatever fails once something was touched, all is taken back") {
  auto course = held();
  course.orders_seen("", false, begin);
  WHEN("the proposal cannot be written down, nothing was touched") {
    course.not_proposed("the disk is full");
    CHECK(course.next() == push_act::finish);
    CHECK(course.result() == push_result::refused);
    return;
  }
  WHEN("a supervisor is not changed") {
    course.changed("tokyo/deribit was not changed", begin);
  }
  WHEN("a connection does not take its values over") {
    course.changed(std::nullopt, begin);
    course.told(1, begin + 4999ms);
    CHECK(course.next() == push_act::tell);
    course.told(1, begin + 5s);
  }
  WHEN("one is not well in time") {
    course.changed(std::nullopt, begin);
    course.told(0, begin);
    course.health_seen(2, "alpha is dialing", begin + 29s);
    CHECK(course.next() == push_act::look_at_health);
    course.health_seen(2, "alpha is dialing", begin + 30s);
    CHECK(course.why().find("alpha is dialing") != std::string::npos);
  }
  WHEN("it cannot be committed") {
    course.changed(std::nullopt, begin);
    course.told(0, begin);
    course.health_seen(0, "", begin);
    course.committed("the disk is full");
  }
  REQUIRE(course.next() == push_act::undo);
  CHECK_FALSE(course.why().empty());
  THEN("it is undone") {
    course.undone(std::nullopt);
    CHECK(course.result() == push_result::undone);
  }
  THEN("or it is not, and that is told with both reasons") {
    course.undone("tokyo/deribit did not answer");
    CHECK(course.result() == push_result::undo_failed);
    CHECK(course.why().find("did not answer") != std::string::npos);
  }
}

SCENARIO("a node that ends takes back what was begun, and nothing else") {
  WHEN("nothing was touched") {
    auto course = held();
    course.give_up("the node is asked to end");
    CHECK(course.result() == push_result::refused);
  }
  WHEN("its health is looked at") {
    auto course = at_health();
    course.give_up("the node is asked to end");
    CHECK(course.next() == push_act::undo);
  }
  WHEN("it is being undone already") {
    auto course = at_health();
    course.health_seen(1, "alpha", begin + 1min);
    course.give_up("the node is asked to end");
    CHECK(course.next() == push_act::undo);
    CHECK(course.why().find("alpha") != std::string::npos);
  }
}

SCENARIO("without a gate it is committed as soon as it is told") {
  push_limits limits;
  limits.healthy_within = 0ms;
  auto course = held(limits);
  course.orders_seen("", false, begin);
  course.changed(std::nullopt, begin);
  course.told(0, begin);
  CHECK(course.next() == push_act::commit);
  CHECK_FALSE(course.gated());
}

SCENARIO("in whatever way it goes, it ends, and what was changed is either committed or taken back") {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    const auto fails = [&](std::uint64_t in) { return chance.next() % in == 0; };
    const auto fault = [&](std::uint64_t in) { return fails(in) ? std::optional<std::string>{"x"} : std::nullopt; };
    push_course course{{fails(5), 1s, 1s, std::chrono::milliseconds{fails(4) ? 0 : 1000}}, begin};
    auto at = begin;
    bool touched = false;
    bool taken_back = false;
    bool committed = false;
    for (int steps = 0; course.next() != push_act::finish; ++steps) {
      REQUIRE(steps < 10'000);
      at += course.pause() + 1ms;
      if (fails(200))
        course.give_up("the node is asked to end");
      switch (course.next()) {
      case push_act::hold_orders:
        course.held(fails(2) ? 1 : 0, "alpha", at);
        break;
      case push_act::look_at_orders:
        course.orders_seen(fails(2) ? "orders" : "", fails(2), at);
        break;
      case push_act::change:
        if (fails(6)) {
          course.not_proposed("full");
          break;
        }
        touched = true;
        course.changed(fault(6), at);
        break;
      case push_act::tell:
        course.told(fails(2) ? 1 : 0, at);
        break;
      case push_act::look_at_health:
        course.health_seen(fails(2) ? 1 : 0, "alpha", at);
        break;
      case push_act::commit: {
        auto why = fault(6);
        committed = !why;
        course.committed(std::move(why));
        break;
      }
      case push_act::undo:
        taken_back = true;
        course.undone(fault(6));
        break;
      case push_act::finish:
        break;
      }
    }
    CHECK((course.result() == push_result::refused) == !touched);
    CHECK((course.result() == push_result::applied) == committed);
    CHECK(taken_back == (touched && !committed));
  }
}

SCENARIO("no order is looked at before every gate has shown that no new one begins") {
  push_course course{{}, begin};
  course.held(2, "alpha", begin);
  CHECK(course.next() == push_act::hold_orders);
  CHECK(course.pause() > 0ms);
  WHEN("they all have") {
    course.held(0, "", begin + 1ms);
    CHECK(course.next() == push_act::look_at_orders);
  }
  WHEN("one never does") {
    course.held(1, "alpha", begin + 5s);
    CHECK(course.result() == push_result::refused);
    CHECK(course.why() == "the order gate of alpha did not answer within 5000 ms");
    CHECK_FALSE(course.may_be_forced());
  }
  WHEN("the node is asked to end") {
    course.give_up("ending");
    CHECK(course.result() == push_result::refused);
  }
}
