#include "apps/ctl/fault.hpp"

#include <doctest/doctest.h>

using namespace cafnode::ctl;

SCENARIO("the exit status follows what the node said") {
  CHECK(fault_of_answer(401, "").code == exit_code::not_allowed);
  CHECK(fault_of_answer(403, "").code == exit_code::not_allowed);
  CHECK(fault_of_answer(404, "").code == exit_code::not_found);
  CHECK(fault_of_answer(409, "").code == exit_code::conflict);
  CHECK(fault_of_answer(504, "").code == exit_code::timed_out);
  CHECK(fault_of_answer(422, "").code == exit_code::failed);
  CHECK(fault_of_answer(500, "").code == exit_code::failed);
}

SCENARIO("the node's own words are kept") {
  const auto fault = fault_of_answer(404, R"({"error":{"code":"not_found","message":"no 'x'","hint":"conn ls"}})");
  CHECK(fault.word == "not_found");
  CHECK(fault.message == "no 'x'");
  CHECK(fault.hint == "conn ls");
}

SCENARIO("an error of unknown form still says its status") {
  for (const char* body : {"", "<html>", "[]", R"({"error":7})", "{\"error\":{\"message\":\"\"}}"}) {
    CAPTURE(body);
    CHECK(fault_of_answer(502, body).message == "the node answered with status 502");
  }
}

SCENARIO("each way to fail to reach a node has its status") {
  using cafnode::net::http_fault;
  CHECK(fault_of_failure({http_fault::unreachable, "refused"}, "h:1").code == exit_code::unreachable);
  CHECK(fault_of_failure({http_fault::timed_out, "slow"}, "h:1").code == exit_code::timed_out);
  CHECK(fault_of_failure({http_fault::broken, "cut"}, "h:1").code == exit_code::unreachable);
}

SCENARIO("a fault is told as JSON to programs and as lines to people") {
  const ctl_fault fault{exit_code::not_found, "not_found", "no \"x\"\x1b", "look"};
  CHECK(fault_text(fault, true) ==
        "{\"error\":{\"code\":\"not_found\",\"message\":\"no \\\"x\\\"\\u001b\",\"hint\":\"look\"}}\n");
  CHECK(fault_text(fault, false) == "cafctl: no \"x\"?\n        look\n");
  CHECK(fault_text({exit_code::failed, "failed", "no", ""}, true) ==
        "{\"error\":{\"code\":\"failed\",\"message\":\"no\"}}\n");
}
