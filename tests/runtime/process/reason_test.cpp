#include "runtime/process/reason.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

#include <cstdint>

using namespace cafnode::process;

SCENARIO("a reason keeps its code and its sentence") {
  for (int number = 1; number <= static_cast<int>(reason_code::refused); ++number) {
    const auto code = static_cast<reason_code>(number);
    CAPTURE(to_string(code));
    const auto reason = make_reason(code, "the sentence");
    CHECK(code_of(reason) == code);
    CHECK(text_of(reason) == "the sentence");
    CHECK(to_string(code) != "unknown");
  }
}

SCENARIO("the normal reason is CAF's: no error at all") {
  CHECK_FALSE(make_reason(reason_code::normal, "ignored"));
  CHECK(code_of({}) == reason_code::normal);
  CHECK(text_of({}).empty());
}

SCENARIO("CAF's own reasons have a code") {
  CHECK(code_of(caf::make_error(caf::exit_reason::kill)) == reason_code::killed);
  CHECK(code_of(caf::make_error(caf::exit_reason::user_shutdown)) == reason_code::shutdown);
  CHECK(code_of(caf::make_error(caf::exit_reason::remote_link_unreachable)) == reason_code::peer_unavailable);
  CHECK(code_of(caf::make_error(caf::exit_reason::unhandled_exception)) == reason_code::crashed);
  CHECK(code_of(caf::make_error(caf::sec::runtime_error)) == reason_code::crashed);
  CHECK_FALSE(text_of(caf::make_error(caf::sec::runtime_error)).empty());
  CHECK(text_of(caf::make_error(caf::exit_reason::kill)).empty());
  CHECK(text_of(caf::make_error(caf::exit_reason::user_shutdown)).empty());
  CHECK_FALSE(text_of(caf::make_error(caf::exit_reason::unhandled_exception)).empty());
}

SCENARIO("a code from a newer node that this one does not know is a crash") {
  CHECK(code_of(caf::error{200, caf::atom("process")}) == reason_code::crashed);
}
