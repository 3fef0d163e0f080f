#include "runtime/base/decimal.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

using cafnode::base::decimal;
using cafnode::base::decimal_fault;

namespace {

std::int64_t raw_of(std::string_view text) {
  const auto parsed = decimal::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return parsed.value().raw();
}

decimal_fault fault_of(std::string_view text) {
  const auto parsed = decimal::parse(text);
  REQUIRE_MESSAGE(!parsed.has_value(), text);
  return parsed.fault();
}

} // namespace

SCENARIO("a decimal reads every notation that JSON has for a number") {
  CHECK(raw_of("0") == 0);
  CHECK(raw_of("-0") == 0);
  CHECK(raw_of("1") == 100'000'000);
  CHECK(raw_of("0.00000001") == 1);
  CHECK(raw_of("-12.5") == -1'250'000'000);
  CHECK(raw_of("3.2e4") == 3'200'000'000'000);
  CHECK(raw_of("1.423e-4") == 14'230);
  CHECK(raw_of("-4.0e-7") == -40);
  CHECK(raw_of("5E+1") == 5'000'000'000);
  CHECK(raw_of("0e900") == 0);
  CHECK(raw_of("100000000e-16") == 1);
  CHECK(raw_of("92233720368.54775807") == 9'223'372'036'854'775'807);
}

SCENARIO("a decimal refuses what is not a JSON number") {
  for (const auto* text : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x10", "1 ", " 1", "NaN", "Infinity", "1,5"})
    CHECK(fault_of(text) == decimal_fault::malformed);
}

SCENARIO("a decimal refuses what it cannot hold exactly") {
  CHECK(fault_of("92233720368.54775808") == decimal_fault::out_of_range);
  CHECK(fault_of("1e11") == decimal_fault::out_of_range);
  CHECK(fault_of("1e999") == decimal_fault::out_of_range);
  CHECK(fault_of("0.000000001") == decimal_fault::too_precise);
  CHECK(fault_of("1e-9") == decimal_fault::too_precise);
}

SCENARIO("an average is rounded half away from zero at the eighth place") {
  CHECK(decimal::parse_rounded("0.000000005").value().raw() == 1);
  CHECK(decimal::parse_rounded("0.0000000049999").value().raw() == 0);
  CHECK(decimal::parse_rounded("-0.000000015").value().raw() == -2);
  CHECK(decimal::parse_rounded("2900.123456789").value().raw() == 290'012'345'679);
}

SCENARIO("a decimal that is written and read again is the same decimal") {
  const std::uint64_t seed = 20'261'122;
  CAPTURE(seed);
  cafnode::base::rng chance{seed};
  for (int i = 0; i < 20'000; ++i) {
    const auto digits = static_cast<unsigned>(chance.between(0, 62));
    const auto magnitude = static_cast<std::int64_t>(chance.next() >> (63 - digits) >> 1U);
    const auto value = decimal::from_raw(chance.chance(1, 2) ? magnitude : -magnitude);
    REQUIRE(raw_of(value.to_string()) == value.raw());
  }
}
