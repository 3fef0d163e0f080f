#include "runtime/base/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using cafnode::base::failure;
using cafnode::base::result;

SCENARIO("a result holds a value or the fault that explains its absence") {
  const result<int, std::string> good{5};
  CHECK(good.has_value());
  CHECK(static_cast<bool>(good));
  CHECK(good.value() == 5);
  const result<int, std::string> bad{failure{std::string{"no"}}};
  CHECK_FALSE(bad.has_value());
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.fault() == "no");
}

SCENARIO("value and fault of one type are not mixed up") {
  const result<std::string, std::string> good{std::string{"x"}};
  const result<std::string, std::string> bad{failure{std::string{"x"}}};
  CHECK(good.has_value());
  CHECK_FALSE(bad.has_value());
}

SCENARIO("a value can be changed in place and moved out") {
  result<std::unique_ptr<int>, int> made{std::make_unique<int>(1)};
  *made.value() = 2;
  const auto taken = std::move(made).value();
  CHECK(*taken == 2);
}
