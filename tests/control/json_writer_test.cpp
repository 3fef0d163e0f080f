#include "control/json_writer.hpp"

#include <doctest/doctest.h>

using cafnode::control::json_writer;

SCENARIO("members and elements are parted by commas, at every depth") {
  json_writer out;
  out.open_object().field("a", 1).key("b").open_array().value(true).value(false).open_object().close_object();
  out.open_array().close_array().null().close_array().field("c", "x").close_object();
  CHECK(std::move(out).take() == R"({"a":1,"b":[true,false,{},[],null],"c":"x"})");
}

SCENARIO("numbers keep all their digits") {
  json_writer out;
  out.open_array().value(std::uint64_t{18'446'744'073'709'551'615U}).value(std::int64_t{-9'007'199'254'740'993});
  out.close_array();
  CHECK(std::move(out).take() == "[18446744073709551615,-9007199254740993]");
}

SCENARIO("text from outside comes out as JSON whatever it holds") {
  json_writer out;
  out.open_array().value(std::string_view{"\"\\\n\x01\xFF", 5}).close_array();
  CHECK(std::move(out).take() == "[\"\\\"\\\\\\n\\u0001\xEF\xBF\xBD\"]");
}

SCENARIO("what is not there is null, and time is written as RFC 3339") {
  json_writer out;
  out.open_object().field("none", std::optional<std::string>{}).field("some", std::optional<std::string>{"x"});
  out.field("at", cafnode::base::wall_time{std::chrono::microseconds{1}}).key("r").raw("[1]").close_object();
  CHECK(std::move(out).take() == R"({"none":null,"some":"x","at":"1970-01-01T00:00:00.000001Z","r":[1]})");
}
