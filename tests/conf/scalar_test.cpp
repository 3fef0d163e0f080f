#include "conf/scalar.hpp"

#include <doctest/doctest.h>

using namespace cafnode::conf;
using std::chrono::milliseconds;

SCENARIO("a whole number is decimal digits and nothing that other readers take for something else") {
  CHECK(read_integer("0").value() == 0);
  CHECK(read_integer("-5").value() == -5);
  CHECK(read_integer("9223372036854775807").value() == INT64_MAX);
  CHECK(read_unsigned("18446744073709551615").value() == UINT64_MAX);
  for (const auto* text : {"", "-", "+1", "010", "-010", "00", "1e3", "1.0", "0x10", "1_000", "1,000", " 1", "1 ",
                           "one", "9223372036854775808", "99999999999999999999999"})
    CHECK_MESSAGE(!read_integer(text), text);
  CHECK(read_unsigned("-1").fault() == "is negative");
  CHECK(read_integer("010").fault().find("octal") != std::string::npos);
}

SCENARIO("a switch is true or false, not one of YAML's other words") {
  CHECK(read_boolean("true").value());
  CHECK_FALSE(read_boolean("false").value());
  for (const auto* text : {"yes", "no", "on", "off", "True", "TRUE", "1", "0", ""})
    CHECK_MESSAGE(!read_boolean(text), text);
}

SCENARIO("a duration is a whole number with its unit") {
  CHECK(read_duration("250ms").value() == milliseconds{250});
  CHECK(read_duration("5s").value() == milliseconds{5000});
  CHECK(read_duration("2m").value() == milliseconds{120'000});
  CHECK(read_duration("1h").value() == milliseconds{3'600'000});
  CHECK(read_duration("0s").value() == milliseconds{0});
  for (const auto* text : {"", "5", "s", "5 s", "5S", "-5s", "1.5s", "05s", "5sec", "5us", "9223372036854775807s"})
    CHECK_MESSAGE(!read_duration(text), text);
}

SCENARIO("a size is a whole number of bytes, KiB, MiB or GiB") {
  CHECK(read_size("100B").value() == 100);
  CHECK(read_size("64KiB").value() == 65'536);
  CHECK(read_size("4MiB").value() == 4'194'304);
  CHECK(read_size("2GiB").value() == 2'147'483'648);
  for (const auto* text : {"", "64", "64K", "64kb", "64KB", "1.5MiB", "-1B", "9223372036854775807GiB"})
    CHECK_MESSAGE(!read_size(text), text);
}

SCENARIO("what is written reads back the same, in the shortest notation") {
  CHECK(write_duration(milliseconds{90'000}) == "90s");
  CHECK(write_duration(milliseconds{120'000}) == "2m");
  CHECK(write_duration(milliseconds{0}) == "0s");
  CHECK(write_size(1536) == "1536B");
  CHECK(write_size(65'536) == "64KiB");
  for (const std::int64_t count : {1, 999, 1000, 59'999, 3'600'000, 86'400'000})
    CHECK(read_duration(write_duration(milliseconds{count})).value().count() == count);
}

SCENARIO("a name is 1 to 32 of a-z, 0-9 and -") {
  CHECK(is_name("a"));
  CHECK(is_name("tokyo-1"));
  CHECK_FALSE(is_name("--check-config"));
  CHECK(is_name(std::string(32, 'x')));
  for (const auto& text : {std::string{}, std::string(33, 'x'), std::string{"Tokyo"}, std::string{"a_b"},
                           std::string{"a.b"}, std::string{"\xc3\xa9"}})
    CHECK_MESSAGE(!is_name(text), text);
}

SCENARIO("a suggestion is the nearest word, and none when nothing is near") {
  const std::vector<std::string_view> words{"heartbeat", "heartbeat_interval", "url", "name"};
  CHECK(nearest("heartbet", words) == "heartbeat");
  CHECK(nearest("haertbeat", words) == "heartbeat");
  CHECK(nearest("heartbeat_intervall", words) == "heartbeat_interval");
  CHECK(nearest("nmae", words) == "name");
  CHECK(nearest("zebra", words).empty());
  CHECK(nearest("xy", words).empty());
  CHECK(nearest(std::string(100'000, 'h'), words).empty());
}
