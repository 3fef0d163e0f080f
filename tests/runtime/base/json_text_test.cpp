#include "runtime/base/json_text.hpp"

#include <doctest/doctest.h>

using cafnode::base::harmless_json;
using cafnode::base::json_string;
using cafnode::base::utf8_length;

SCENARIO("a JSON string escapes what JSON forbids and leaves the rest alone") {
  CHECK(json_string("") == "\"\"");
  CHECK(json_string("plain") == "\"plain\"");
  CHECK(json_string("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json_string("a\nb\rc\td") == R"("a\nb\rc\td")");
  CHECK(json_string(std::string_view{"\0\x1f\x7f", 3}) == R"("\u0000\u001f\u007f")");
  CHECK(json_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

SCENARIO("every byte that is not UTF-8 becomes one replacement character") {
  CHECK(json_string("a\xff"
                    "b") == "\"a\xef\xbf\xbd"
                            "b\"");
  CHECK(json_string("\xc3") == "\"\xef\xbf\xbd\"");
  CHECK(json_string("\xe2\x82") == "\"\xef\xbf\xbd\xef\xbf\xbd\"");
  CHECK(json_string("\xc3\"") == "\"\xef\xbf\xbd\\\"\"");
}

SCENARIO("overlong forms, surrogates and what lies beyond Unicode are not UTF-8") {
  CHECK(utf8_length("") == 0);
  CHECK(utf8_length("a\xff") == 1);
  CHECK(utf8_length("\xdf\xbf") == 2);
  CHECK(utf8_length("\xe0\xa0\x80") == 3);
  CHECK(utf8_length("\xf4\x8f\xbf\xbf") == 4);
  for (const auto* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x28\xa1", "\xe2\x82\x28", "\xf0\x9f\x98"})
    CHECK(utf8_length(text) == 0);
}

SCENARIO("what steers a terminal is escaped, and what stands beside it is not") {
  CHECK(json_string("\xc2\x9b"
                    "31m") == R"("\u009b31m")");
  CHECK(json_string("\xc2\x80\xc2\x9f\xc2\xa0") == "\"\\u0080\\u009f\xc2\xa0\"");
  CHECK(json_string("\xe2\x80\xae\xe2\x80\xaa\xe2\x80\xa9\xe2\x80\xaf") ==
        "\"\\u202e\\u202a\xe2\x80\xa9\xe2\x80\xaf\"");
  CHECK(json_string("\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa") == "\"\\u2066\\u2069\xe2\x81\xaa\"");
  CHECK(json_string("\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x8d") == "\"\\u061c\\u200e\\u200f\xe2\x80\x8d\"");
  CHECK(harmless_json("{\"a\":\"\xc2\x9b\",\"b\":\"\xc3\xa9\xff\\n\"}\n") ==
        "{\"a\":\"\\u009b\",\"b\":\"\xc3\xa9\xff\\n\"}\n");
}
