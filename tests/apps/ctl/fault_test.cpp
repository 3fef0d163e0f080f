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

SCENARIO("the faults of a pushed file are told as config validate tells them, and the exit code is its") {
  const auto fault = fault_of_answer(
      422,
      R"({"error":{"code":"bad_config","message":"the file has 2 errors, the first: ...","hint":"mend it","details":[)"
      R"({"file":"n.yaml","line":3,"column":5,"severity":"error","message":"no \u001b[1m","hint":"so",)"
      R"("excerpt":"    x: 1","caret":5,"width":1},)"
      R"({"file":"n.yaml","line":0,"column":0,"severity":"error","message":"two","hint":""}]}})");
  CHECK(fault.code == exit_code::bad_config);
  CHECK(fault_text(fault, false) == "n.yaml:3:5: error: no ?[1m\n    3 |     x: 1\n      |     ^ so\n"
                                    "n.yaml: error: two\n2 errors\ncafctl: mend it\n");
  CHECK(fault_text(fault, true).find(R"("details":[{"file":"n.yaml")") != std::string::npos);
}

SCENARIO("details of another shape leave the message") {
  for (const char* odd : {"7", "{}", "[]", "null"}) {
    CAPTURE(odd);
    const auto fault = fault_of_answer(
        422, std::string{R"({"error":{"code":"bad_config","message":"m","hint":"h","details":)"} + odd + "}}");
    CHECK(fault_text(fault, false) == "cafctl: m\n        h\n");
  }
  CHECK_FALSE(fault_text(fault_of_answer(422, R"({"error":{"message":"m","details":[1]}})"), false).empty());
}
