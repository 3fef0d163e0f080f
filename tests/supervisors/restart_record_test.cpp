// What one failure led to, told once all is back.
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = cafnode::process::reason_code;

} // namespace

TEST_CASE("a record says who failed, why, who was restarted and how long it took") {
  auto rig = started_rig(paced(strategy::rest_for_one, 100ms, 1s), {worker("a"), worker("b"), worker("c")});
  rig.machine.on_ended(rig.ref_of("b"), make_end_reason(code::crashed, "a bad frame"), rig.now);
  rig.settle();
  rig.pass(100ms);
  CHECK(rig.records == words{"b failed: crashed: a bad frame; restarted b, c; back after 100 ms"});
}

TEST_CASE("its text leaves out what there is nothing of and cuts a long list") {
  restart_record record;
  record.child = "a";
  record.why = {code::killed, {}};
  record.restarted = {"a"};
  record.restarted_count = 1;
  CHECK(to_text(record) == "a failed: killed; restarted a; back after 0 ms");
  record.restarted_count = 13;
  record.attempts = 3;
  record.joined = 2;
  CHECK(to_text(record) ==
        "a failed: killed; restarted a and 12 more; back after 0 ms, 3 attempts, 2 more failures meanwhile");
}

TEST_CASE("no more than restarted_max are named, and all are counted") {
  std::vector<child_spec> many;
  for (int i = 0; i < 20; ++i)
    many.push_back(worker(std::to_string(i)));
  auto rig = started_rig(flags(strategy::one_for_all), many);
  rig.end("3");
  REQUIRE(rig.records.size() == 1);
  CHECK(rig.records[0].find("15 and 4 more;") != std::string::npos);
}

TEST_CASE("each failed start is one more attempt, and the time runs from the first failure") {
  auto rig = started_rig(paced(strategy::one_for_one, 100ms, 100ms), {worker("a")});
  rig.fail_start("a", 2);
  rig.end("a");
  rig.pass(1s);
  CHECK(rig.records == words{"a failed: crashed; restarted a; back after 300 ms, 3 attempts"});
}

TEST_CASE("a sibling's failure that meets it is counted with it, and the first one gives the name") {
  auto rig = started_rig(paced(strategy::one_for_all, 100ms, 100ms), {worker("a"), worker("b")});
  rig.slow = {"b"};
  rig.end("b");
  rig.pass(100ms);
  rig.end("a");
  rig.confirm("b"); // both are up, and a has ended again
  rig.confirm("b");
  rig.slow.clear();
  rig.pass(1s);
  CHECK(rig.records == words{"b failed: crashed; restarted a, b; back after 100 ms",
                             "a failed: crashed; restarted a, b; back after 100 ms"});
}

TEST_CASE("failures of two siblings while the group waits make one record") {
  auto rig = started_rig(paced(strategy::rest_for_one, 100ms, 100ms), {worker("a"), worker("b"), worker("c")});
  rig.end("b", code::refused);
  rig.pass(40ms);
  rig.end("a");
  rig.pass(100ms);
  CHECK(rig.records == words{"b failed: refused; restarted a, b, c; back after 140 ms, 1 more failures meanwhile"});
}

TEST_CASE("one whose sibling fails to start is told of when that one is up, too, and is done with then") {
  auto rig = started_rig(flags(strategy::rest_for_one, 10), {worker("a"), worker("b"), worker("c")});
  rig.fail_start("b", 1);
  rig.end("a");
  CHECK(rig.records == words{"a failed: crashed; restarted a, b, c; back after 0 ms, 1 more failures meanwhile"});
  rig.pass(1h);
  rig.end("a");
  CHECK(rig.records.back() == "a failed: crashed; restarted a, b, c; back after 0 ms");
}

TEST_CASE("when the rest of a restart is called off, what came back of it is done with") {
  auto rig = started_rig(flags(strategy::rest_for_one, 10), {worker("a"), worker("b")});
  rig.hold_retries = true;
  rig.fail_start("b", 1);
  rig.end("a");
  (void)rig.call(terminate_child{"b"});
  CHECK(rig.records.empty());
  rig.pass(1h);
  rig.hold_retries = false;
  rig.end("a");
  CHECK(rig.records == words{"a failed: crashed; restarted a, b; back after 0 ms"});
}

TEST_CASE("a child that was stopped by hand during its wait starts with a clean record") {
  auto rig = started_rig(paced(strategy::one_for_one, 100ms, 100ms), {worker("a")});
  rig.end("a");
  (void)rig.call(terminate_child{"a"});
  (void)rig.call(restart_child{"a"});
  CHECK(rig.records.empty());
  rig.end("a");
  rig.pass(100ms);
  CHECK(rig.records == words{"a failed: crashed; restarted a; back after 100 ms"});
}

TEST_CASE("what is started, replaced or changed by plan leaves no record") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a")});
  rig.renewing = {"a"};
  (void)rig.call(replace_child{"a", replacement::stop_first});
  (void)rig.call(replace_child{"a", replacement::make_before_break});
  (void)rig.call(start_child{worker("b")});
  auto changed = worker("a");
  changed.revision = 1;
  (void)rig.call(change_specs{flags(strategy::one_for_one), {changed}});
  CHECK(rig.records.empty());
}

TEST_CASE("one that finds nothing to run on its restart leaves no record") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a")});
  rig.ignoring = {"a"};
  rig.end("a");
  CHECK(rig.records.empty());
  rig.ignoring.clear();
  (void)rig.call(restart_child{"a"});
  rig.end("a");
  CHECK(rig.records.size() == 1);
}
