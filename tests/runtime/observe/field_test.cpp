#include "runtime/base/secret.hpp"
#include "runtime/observe/field.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace cafnode::observe;

namespace {

std::string json_of(const field_list& fields) {
  std::string out;
  append_json(out, fields);
  return out;
}

std::string text_of(const field& from) {
  std::string out;
  append_text(out, from.value);
  return out;
}

template<class T>
concept loggable = requires(const T& value) {
  kv("key", value);
};

} // namespace

SCENARIO("a field keeps its type in JSON") {
  CHECK(json_of({}) == "{}");
  CHECK(json_of({kv("a", 1), kv("b", -2L), kv("c", 3U), kv("d", true), kv("e", 0.5), kv("f", "x")}) ==
        R"({"a":1,"b":-2,"c":3,"d":true,"e":0.5,"f":"x"})");
  CHECK(json_of({kv("max", std::numeric_limits<std::uint64_t>::max())}) == R"({"max":18446744073709551615})");
  CHECK(json_of({kv("min", std::numeric_limits<std::int64_t>::min())}) == R"({"min":-9223372036854775808})");
}

SCENARIO("what JSON does not have is null, and what it forbids is escaped") {
  CHECK(json_of({kv("a", std::numeric_limits<double>::infinity())}) == R"({"a":null})");
  CHECK(json_of({kv("a", std::numeric_limits<double>::quiet_NaN())}) == R"({"a":null})");
  CHECK(json_of({kv("a\"b", std::string{"line\nend"})}) == R"({"a\"b":"line\nend"})");
}

SCENARIO("text is bare when it is one plain word, so that a line can be taken apart again") {
  CHECK(text_of(kv("k", "word-1.2/3")) == "word-1.2/3");
  CHECK(text_of(kv("k", 12)) == "12");
  for (const auto* text : {"", "two words", "a=b", "say \"x\"", "a\\b", "\x1b[31m", "\xc3\xa9"})
    CHECK(text_of(kv("k", text)).front() == '"');
}

SCENARIO("a secret cannot become a field") {
  static_assert(loggable<std::string> && loggable<int> && loggable<bool> && loggable<std::string_view>);
  static_assert(!loggable<cafnode::base::secret>);
  static_assert(!loggable<const void*>);
}
