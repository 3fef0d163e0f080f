#include "sim/market/exact_json.hpp"

#include <doctest/doctest.h>

using namespace cafnode::sim;

namespace {

std::string echo(std::string_view text) {
  const auto read = parse_exact(text);
  REQUIRE_MESSAGE(read.has_value(), text);
  return write_exact(read.value());
}

decimal first_of(std::string_view text) {
  const auto read = parse_exact(text);
  REQUIRE_MESSAGE(read.has_value(), text);
  const auto number = decimal_of(read.value().as_array().at(0));
  REQUIRE_MESSAGE(number.has_value(), text);
  return *number;
}

} // namespace

SCENARIO("what is parsed exactly is written as it was") {
  for (const auto* text :
       {"[0.1]", "[1.0002e6,-4.0e-7,3.2E+4]", R"({"a":{"b":[1,-2,true,null,"x"]}})",
        R"({"amount":92233720368.54775807})", "[123456789012345678901234567890.5]", "[1e999]", "[]", "{}"})
    CHECK(echo(text) == text);
}

SCENARIO("a number is its digits, never the nearest double") {
  CHECK(first_of("[0.1]").raw() == 10'000'000);
  CHECK(first_of("[3.2e4]") == whole(32'000));
  CHECK(first_of("[7]") == whole(7));
  CHECK(first_of(R"(["0.001"])").raw() == 100'000);
  CHECK(first_of("[92233720368.54775807]").raw() == 9'223'372'036'854'775'807);
}

SCENARIO("a number in pieces of any length is read whole") {
  const std::string digits = "0." + std::string(300, '0') + "1";
  CHECK(echo("[" + digits + "]") == "[" + digits + "]");
}

SCENARIO("what cannot be held exactly is no decimal") {
  const auto read = parse_exact(R"([1e30,"1e","x",0.000000001,true,null,[1],{},18446744073709551615])");
  REQUIRE(read.has_value());
  for (const auto& each : read.value().as_array())
    CHECK_FALSE(decimal_of(each).has_value());
}

SCENARIO("a text cannot pose as a number") {
  CHECK_FALSE(parse_exact("[\"\\u0001num:5\"]").has_value());
  // Even one that got in some other way is written as a number only when it is one.
  CHECK(write_exact(boost::json::value("\x01num:5,\"a\":1")) == "\"\\u0001num:5,\\\"a\\\":1\"");
}

SCENARIO("what is not JSON is refused with its place") {
  for (const auto* text : {"", "{", "[1,]", "{\"a\":}", "[1] 2", "nul", "[01]", "\"\xff\"", "-"})
    CHECK_MESSAGE(!parse_exact(text).has_value(), text);
  std::string deep(100, '[');
  CHECK_FALSE(parse_exact(deep + std::string(100, ']')).has_value());
}

SCENARIO("texts are escaped as JSON wants them") {
  CHECK(echo(R"(["a\"b\\c\n\u0000"])") == R"(["a\"b\\c\n\u0000"])");
}
