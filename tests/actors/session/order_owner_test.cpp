#include "actors/session/order_owner.hpp"

#include <doctest/doctest.h>

using cafnode::session::order_owner;

SCENARIO("another client id never judges the orders of the one that placed them") {
  order_owner owner;
  CHECK_FALSE(owner.take("first", 0));
  CHECK_FALSE(owner.take("first", 3));
  const auto why = owner.take("second", 1);
  REQUIRE(why);
  CHECK(why->find("1 order open or in doubt") != std::string::npos);
  CHECK(owner.take("second", 1)); // it is no less another one when it asks again
  CHECK_FALSE(owner.take("first", 1));
  WHEN("there are none left") {
    CHECK_FALSE(owner.take("second", 0));
    CHECK(owner.take("first", 2));
  }
}
