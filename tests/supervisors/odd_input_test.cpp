// What a supervisor is not told nicely: unknown ids, clocks that jump, news in the wrong order, children that end
// early.
#include "supervisors/child_queries.hpp"
#include "tests/supervisors/machine_rig.hpp"
#include "tests/supervisors/tree_world.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using code = process::reason_code;

template<class Question>
std::string ask(tree_world& tree, const caf::actor& to, Question question) {
  std::string out = "(none)";
  tree.ask<management_report>(to, question, [&](const management_report& report) { out = to_string(report.code); });
  return out;
}

} // namespace

TEST_CASE("an id that nobody knows is told so by each command") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a")});
  for (const auto& wanted : std::vector<command>{restart_child{"x"}, terminate_child{"x"}, delete_child{"x"},
                                                 replace_child{"x", {}}, replace_child{"", {}}})
    CHECK(rig.answer_to(rig.call(wanted)) == "not_found");
  CHECK(answer_to(rig.machine.children(), find_child{"x"}).code == answer_code::not_found);
  CHECK(!spec_of(rig.machine.children(), {"x"}).spec);
  auto simple = started_rig(flags(strategy::simple_one_for_one), {worker("w")});
  CHECK(simple.answer_to(simple.call(terminate_instance{"x"})) == "not_found");
  CHECK(simple.answer_to(simple.call(start_instance{"", {}})) == "invalid_spec");
}

TEST_CASE("every command to a supervisor that stops, or has stopped, is answered so") {
  auto rig = started_rig(flags(strategy::one_for_one), {worker("a")});
  rig.stubborn = {"a"};
  rig.stop();
  for (const bool ended : {false, true}) {
    for (const auto& wanted :
         std::vector<command>{start_child{worker("b")}, restart_child{"a"}, terminate_child{"a"}, delete_child{"a"},
                              start_instance{"x", {}}, terminate_instance{"x"}, replace_child{"a", {}}, change_specs{}})
      CHECK(rig.answer_to(rig.call(wanted)) == "stopping");
    CHECK(rig.ended == ended);
    rig.pass(5s);
  }
}

TEST_CASE("a clock that jumps back stands still, and one that jumps forward is believed") {
  auto rig = started_rig(flags(strategy::one_for_one, 2), {worker("a")});
  rig.end("a");
  rig.now.steady -= 30min;
  rig.end("a");
  CHECK(rig.events.back().restarts_in_window == 2);
  CHECK(rig.events.back().at.steady == rig.now.steady + 30min);
  CHECK(rig.records.back() == "a failed: crashed; restarted a; back after 0 ms");
  rig.now.steady += 24h;
  rig.end("a");
  CHECK(!rig.ended);
  CHECK(rig.events.back().restarts_in_window == 1);
}

TEST_CASE("a timer that fires before its time by the supervisor's clock loses nobody") {
  auto rig = started_rig(paced(strategy::one_for_all, 100ms, 100ms), {worker("a"), worker("b")});
  rig.end("a");
  rig.armed.clear();
  rig.machine.on_timer({timer_purpose::group_delay, 0}, {rig.now.steady + 60ms, {}});
  rig.settle();
  CHECK(rig.state_of("a") == child_state::waiting);
  rig.pass(100ms);
  CHECK(rig.state_of("a") == child_state::running);
  CHECK(rig.state_of("b") == child_state::running);
}

TEST_CASE("children that end while their siblings start are failures once all are up") {
  machine_rig rig{flags(strategy::rest_for_one, 5), {worker("a"), worker("b"), worker("c")}};
  rig.slow = {"c"};
  rig.begin();
  rig.end("a");
  rig.end("b");
  CHECK(rig.said() == words{"start a", "start b", "start c"});
  rig.slow.clear();
  rig.confirm("c");
  CHECK(rig.said() == words{"up", "ask c", "start a", "start b", "start c"});
}

TEST_CASE("a child may ask its own supervisor for anything, itself and its siblings included") {
  tree_world tree;
  const auto root = tree.start(tree.plan("root", {tree.worker("b")}));
  tree.world.run();
  const auto wish = [&](const std::string& id, auto question) {
    auto child = tree.worker(id);
    std::string answer = "(none)";
    child.start = [&answer, id, root, question](process::process_base& above) -> start_outcome {
      const auto behave = [&answer, root, question](process::process_base& self) -> caf::behavior {
        process::ask(
            self, root, 1h, question, [&answer](const management_report& report) { answer = to_string(report.code); },
            [](const caf::error&) {});
        return {};
      };
      return started{
          process::spawn_process<virtual_time::function_process>(above.system(), above.pinned_to(), id, behave)};
    };
    CHECK(ask(tree, root, start_child{child}) == "started");
    tree.world.run();
    return answer;
  };
  CHECK(wish("c", terminate_child{"b"}) == "ok");
  CHECK(wish("d", replace_child{"b", {}}) == "started");
  CHECK(wish("e", restart_child{"e"}) == "running");
  CHECK(wish("f", terminate_child{"f"}) == "(none)"); // it has ended by then
  CHECK(wish("g", change_specs{{}, {tree.worker("b")}}) == "(none)");
  children_count left;
  tree.ask<children_count>(root, count_children{}, [&](const children_count& report) { left = report; });
  CHECK(left == children_count{1, 1, 0, 1});
}

TEST_CASE("a child replaces itself: the old one is gone before it could hear of it") {
  tree_world tree;
  const auto root = tree.start(tree.plan("root", {tree.worker("a")}));
  tree.world.run();
  const auto old = tree.alive["a"];
  CHECK(ask(tree, root, replace_child{"a", replacement::stop_first}) == "started");
  CHECK(tree.world.ended(old));
  CHECK(tree.alive["a"] != old);
  const auto first = tree.alive["a"];
  CHECK(ask(tree, root, replace_child{"a", replacement::make_before_break}) == "started");
  CHECK(tree.world.ended(first));
  CHECK(tree.said.back() == "stopped root/a#2 shutdown");
}

TEST_CASE("one process given for two children is a child of both, and its end is a failure of both") {
  tree_world tree;
  auto a = tree.worker("a");
  auto b = tree.worker("b");
  int starts = 0;
  b.start = [&, start = b.start](process::process_base& above) -> start_outcome {
    return ++starts == 1 ? start_outcome{started{tree.alive["a"]}} : start(above);
  };
  auto plan = tree.plan("root", {a, b});
  plan.flags.intensity = 5;
  const auto root = tree.start(plan);
  tree.world.run();
  process::kill(tree.alive["a"]);
  tree.world.run();
  CHECK(tree.saw("ended root/a#1 killed"));
  CHECK(tree.saw("ended root/b#1 killed"));
  CHECK(tree.alive.size() == 2);
  process::ask_to_stop(root);
  CHECK(tree.world.ended(root));
  CHECK(tree.alive.empty());
}

TEST_CASE("under progress_within a start that gives no beats has failed, and its process is not left behind") {
  tree_world tree;
  auto child = tree.worker("a");
  child.progress_within = 100ms;
  const auto root = tree.start(tree.plan("root", {child}));
  const auto reason = tree.world.ended(root);
  REQUIRE(reason);
  CHECK(process::text_of(*reason) == "a failed to start: its spec has progress_within, and its factory gave no beats");
  CHECK(tree.alive.empty());
}

TEST_CASE("beats that move keep a child, beats that do not end it, and none to look at are no fault in place") {
  tree_world tree;
  const auto beats = std::make_shared<progress>();
  auto child = tree.worker("a");
  child.start = [&, start = child.start](process::process_base& above) {
    auto outcome = start(above);
    std::get<started>(outcome).beats = beats;
    return outcome;
  };
  auto bare = tree.worker("b");
  child.progress_within = 100ms;
  auto plan = tree.plan("root", {child, bare});
  const auto root = tree.start(plan);
  tree.world.run();
  bare.progress_within = 100ms;
  CHECK(ask(tree, root, change_specs{plan.flags, {child, bare}}) == "ok");
  for (int i = 0; i < 5; ++i) {
    beats->beat();
    tree.world.pass(100ms);
  }
  CHECK(!tree.saw("ended root/a#1"));
  tree.world.pass(100ms);
  CHECK(tree.saw("ended root/a#1 stuck it made no progress for 100 ms"));
  CHECK(tree.saw("started root/a#2"));
  CHECK(!tree.saw("ended root/b#1"));
}

TEST_CASE("a supervisor below keeps to the limit of the one above: nothing outlives it") {
  tree_world tree;
  auto slow = tree.worker("x");
  slow.shutdown = infinite_grace{};
  slow.start = [&](process::process_base& above) -> start_outcome {
    struct deaf final : process::process_base {
      using process_base::process_base;
      caf::behavior behave() override { return {}; }
      void on_stop(const caf::error&) override {}
    };
    tree.alive["x"] = process::spawn_process<deaf>(above.system(), above.pinned_to(), "x");
    return started{tree.alive["x"]};
  };
  auto plan = tree.plan("root", {tree.supervisor("s", tree.plan("root/s", {slow})), tree.worker("b")});
  plan.flags.stop_within = 200ms;
  const auto root = tree.start(plan);
  tree.world.run();
  const auto x = tree.alive["x"];
  process::ask_to_stop(root);
  tree.world.pass(199ms);
  CHECK(!tree.world.ended(x));
  tree.world.pass(1ms);
  CHECK(tree.world.ended(x));
  CHECK(tree.world.ended(root));
}

TEST_CASE("a start that fails without a reason is a failed start, not a normal end") {
  tree_world tree;
  auto child = tree.worker("a");
  child.start = [](process::process_base&) -> start_outcome { return start_failed{}; };
  const auto root = tree.start(tree.plan("root", {child}));
  const auto reason = tree.world.ended(root);
  REQUIRE(reason);
  CHECK(process::code_of(*reason) == process::reason_code::start_failed);
}

TEST_CASE("a hot change without a difference still brings the new factories") {
  tree_world tree;
  const auto child = tree.worker("a");
  const auto root = tree.start(tree.plan("root", {child}));
  tree.world.run();
  int started_anew = 0;
  auto same = child;
  same.start = [&started_anew, start = child.start](process::process_base& above) {
    ++started_anew;
    return start(above);
  };
  CHECK(ask(tree, root, change_specs{supervisor_flags{}, {same}}) == "ok");
  CHECK(started_anew == 0);
  process::tell_anonymous(tree.alive["a"], std::string{"boom"});
  tree.world.run();
  CHECK(started_anew == 1);
}
