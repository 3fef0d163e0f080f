// The supervisor as a process, over real processes in virtual time.
#include "runtime/process/ask.hpp"
#include "runtime/process/fence.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "supervisors/supervisor.hpp"
#include "tests/supervisors/tree_world.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <stdexcept>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;

using code = process::reason_code;

TEST_CASE("a faulty plan starts nothing and says every fault") {
  tree_world tree;
  auto plan = tree.plan("", {});
  plan.flags.period = 0ms;
  CHECK(check_plan(plan).size() == 2);
  const auto outcome = start_supervisor(tree.world.system(), &tree.world.home(), plan);
  const auto* failed = std::get_if<start_failed>(&outcome);
  REQUIRE(failed);
  CHECK(process::code_of(failed->reason) == code::start_failed);
  const auto text = process::text_of(failed->reason);
  for (const auto* name : {"missing_path", "invalid_period"})
    CHECK(text.find(name) != std::string::npos);
}

TEST_CASE("children are pinned where their supervisor is, and are started on its thread") {
  tree_world tree;
  process::home* seen = nullptr;
  auto child = tree.worker("a");
  child.start = [&, start = child.start](process::process_base& above) {
    seen = above.pinned_to();
    return start(above);
  };
  (void)tree.start(tree.plan("root", {child}));
  CHECK(seen == nullptr);
  tree.world.run();
  CHECK(seen == &tree.world.home());
  CHECK(tree.saw("started root/a#1"));
  CHECK(tree.saw("up root"));
}

TEST_CASE("every event of a supervisor says its role, those of the supervisors below it theirs") {
  class role_book final : public event_sink {
  public:
    void publish(const event& happened) override { roles[happened.supervisor].insert(happened.role); }

    std::map<std::string, std::set<std::string>> roles;
  };

  tree_world tree;
  const auto book = std::make_shared<role_book>();
  auto inner = tree.plan("root/inner", {tree.worker("a")});
  inner.role = "inner";
  inner.events = book;
  auto outer = tree.plan("root", {tree.supervisor("inner", inner)});
  outer.role = "outer";
  outer.events = book;
  const auto root = tree.start(outer);
  tree.world.run();
  process::ask_to_stop(root);
  tree.world.run();
  CHECK(book->roles["root"] == std::set<std::string>{"outer"});
  CHECK(book->roles["root/inner"] == std::set<std::string>{"inner"});
}

TEST_CASE("whatever a factory does wrong is a failed start") {
  tree_world tree;
  auto child = tree.worker("a");
  SUBCASE("a standard exception") {
    child.start = [](process::process_base&) -> start_outcome { throw std::runtime_error("no key"); };
  }
  SUBCASE("any other exception") {
    child.start = [](process::process_base&) -> start_outcome { throw 7; };
  }
  SUBCASE("no process") {
    child.start = [](process::process_base&) -> start_outcome { return started{}; };
  }
  SUBCASE("the supervisor itself") {
    child.start = [](process::process_base& above) -> start_outcome {
      return started{caf::actor_cast<caf::actor>(&above)};
    };
  }
  SUBCASE("a failure with a reason") {
    child.start = [](process::process_base&) -> start_outcome {
      return start_failed{process::make_reason(code::start_failed, "no key")};
    };
  }
  const auto root = tree.start(tree.plan("root", {tree.worker("z"), child}));
  const auto reason = tree.world.ended(root);
  REQUIRE(reason);
  CHECK(process::code_of(*reason) == code::start_failed);
  CHECK(process::text_of(*reason).find("a failed to start") == 0);
  CHECK(tree.alive.empty());
}

TEST_CASE("a process that has ended before it is handed over is a failure like any other") {
  tree_world tree;
  auto child = tree.worker("a");
  int starts = 0;
  child.start = [&, start = child.start](process::process_base& above) -> start_outcome {
    if (++starts == 1)
      return started{process::spawn_stillborn(above.system(), above.pinned_to(), process::make_reason(code::crashed))};
    return start(above);
  };
  (void)tree.start(tree.plan("root", {child}));
  tree.world.run();
  CHECK(starts == 2);
  CHECK(tree.alive.contains("a"));
}

TEST_CASE("a crash is heard with its text, and the child is replaced") {
  tree_world tree;
  (void)tree.start(tree.plan("root", {tree.worker("a")}));
  tree.world.run();
  process::tell_anonymous(tree.alive["a"], std::string{"a bad frame"});
  tree.world.run();
  CHECK(tree.saw("ended root/a#1 crashed a bad frame"));
  CHECK(tree.saw("started root/a#2"));
}

TEST_CASE("a supervisor that is killed leaves no children behind") {
  tree_world tree;
  const auto inner = tree.supervisor("s", tree.plan("root/s", {tree.worker("x"), tree.worker("y")}));
  (void)tree.start(tree.plan("root", {inner, tree.worker("b")}));
  tree.world.run();
  const auto x = tree.alive["x"];
  process::kill(tree.alive["s"]);
  tree.world.run();
  CHECK(tree.world.ended(x));
  CHECK(tree.saw("started root/s#2"));
  CHECK(tree.alive["x"] != x);
}

TEST_CASE("the next sibling waits until a supervisor's own children are up") {
  tree_world tree;
  auto slow = tree.worker("x");
  slow.start = [start = slow.start](process::process_base& above) {
    auto outcome = start(above);
    std::get<started>(outcome).ready = readiness::awaited;
    return outcome;
  };
  (void)tree.start(tree.plan("root", {tree.supervisor("s", tree.plan("root/s", {slow})), tree.worker("b")}));
  tree.world.pass(1h);
  CHECK(!tree.alive.contains("b"));
  process::tell_anonymous(tree.alive["x"], confirm_now{});
  tree.world.run();
  CHECK(tree.alive.contains("b"));
  CHECK(tree.saw("up root"));
}

TEST_CASE("a child on a thread that hangs is stuck: it is given up and replaced") {
  virtual_time::virtual_world elsewhere; // never run: nothing that is sent there is handled
  tree_world tree;
  auto child = tree.worker("a");
  int starts = 0;
  child.start = [&, start = child.start](process::process_base& above) -> start_outcome {
    if (++starts == 1)
      return started{elsewhere.spawn_function("hangs", [](process::process_base&) { return caf::behavior{}; })};
    return start(above);
  };
  child.shutdown = grace{1s};
  auto plan = tree.plan("root", {tree.worker("z"), child});
  plan.flags.strategy = strategy::one_for_all;
  (void)tree.start(plan);
  tree.world.run();
  process::tell_anonymous(tree.alive["z"], std::string{"boom"});
  tree.world.pass(5999ms);
  CHECK(tree.saw("killed root/a#1"));
  CHECK(!tree.alive.contains("a"));
  tree.world.pass(1ms);
  CHECK(tree.saw("stopped root/a#1 stuck it was killed and did not end"));
  CHECK(tree.alive.contains("a"));
}

TEST_CASE("a supervisor that starts many children hears a stop in between") {
  tree_world tree;
  std::vector<child_spec> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back(tree.worker("c" + std::to_string(i)));
  many[10].start = [start = many[10].start](process::process_base& above) {
    process::ask_to_stop(caf::actor_cast<caf::actor>(&above));
    return start(above);
  };
  const auto root = tree.start(tree.plan("root", many));
  CHECK(tree.world.ended(root));
  CHECK(tree.saw("started root/c10#1"));
  CHECK(!tree.saw("started root/c200#1"));
  CHECK(tree.alive.empty());
}

TEST_CASE("a thousand children start and stop") {
  tree_world tree;
  std::vector<child_spec> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back(tree.worker("c" + std::to_string(i)));
  const auto root = tree.start(tree.plan("root", many));
  tree.world.run();
  CHECK(tree.alive.size() == 1000);
  process::ask_to_stop(root);
  CHECK(tree.world.ended(root));
  CHECK(tree.alive.empty());
}

TEST_CASE("management is by messages: asked, they are answered; told, they are obeyed") {
  tree_world tree;
  const auto root = tree.start(tree.plan("root", {tree.worker("a")}));
  std::vector<std::string> answers;
  caf::actor given;
  const auto note = [&](const management_report& report) {
    answers.emplace_back(to_string(report.code));
    given = report.child;
  };
  tree.ask<management_report>(root, start_child{tree.worker("b")}, note);
  CHECK(given == tree.alive["b"]);
  tree.ask<management_report>(root, find_child{"a"}, note);
  CHECK(given == tree.alive["a"]);
  tree.ask<management_report>(root, terminate_child{"a"}, note);
  tree.ask<management_report>(root, find_child{"a"}, note);
  CHECK(!given);
  tree.ask<management_report>(root, find_child{"nobody"}, note);
  CHECK(answers == std::vector<std::string>{"started", "running", "ok", "ok", "not_found"});
  process::tell_anonymous(root, restart_child{"a"});
  tree.world.run();
  CHECK(tree.alive.contains("a"));
  CHECK(tree.world.services().dead_letters() == 0);
}

TEST_CASE("a child may have itself terminated: nobody waits for anybody") {
  tree_world tree;
  const auto root = tree.start(tree.plan("root", {tree.worker("a")}));
  tree.world.run();
  process::tell_anonymous(tree.alive["a"], ask_above{root});
  tree.world.run();
  CHECK(!tree.alive.contains("a"));
  CHECK(tree.saw("stopped root/a#1 shutdown"));
}

TEST_CASE("a supervisor ends with the reason that it was asked to end with, after its children") {
  tree_world tree;
  const auto root = tree.start(tree.plan("root", {tree.worker("a")}));
  tree.world.run();
  process::ask_to_stop(root, process::make_reason(code::refused, "the key was withdrawn"));
  const auto reason = tree.world.ended(root);
  REQUIRE(reason);
  CHECK(process::code_of(*reason) == code::refused);
  CHECK(process::text_of(*reason) == "the key was withdrawn");
  CHECK(tree.alive.empty());
  CHECK(tree.said.back().find("down root refused") == 0);
}

TEST_CASE("a tree on CAF's scheduler works the same") {
  tree_world tree;
  const auto outcome = start_supervisor(tree.world.system(), nullptr, tree.plan("root", {tree.worker("a")}));
  tree.world.run();
  process::kill(tree.alive["a"]);
  tree.world.run();
  CHECK(tree.saw("ended root/a#1 killed"));
  CHECK(tree.saw("started root/a#2"));
  process::ask_to_stop(std::get<started>(outcome).child);
  tree.world.run();
  CHECK(tree.alive.empty());
}

TEST_CASE("a dead exchange never tears the tree down") {
  tree_world tree;
  auto plan = tree.plan("root", {tree.worker("client"), tree.worker("heart")});
  plan.flags.strategy = strategy::rest_for_one;
  plan.flags.pacing = restart_pacing{{100ms, 5s, 50}, 30s};
  plan.flags.budgets = {{.reasons = {code::peer_unavailable}}};
  const auto root = tree.start(plan);
  tree.world.run();
  for (int i = 0; i < 200; ++i) {
    process::tell_anonymous(tree.alive["client"], code::peer_unavailable);
    tree.world.pass(5s);
    REQUIRE(tree.alive.contains("client"));
    REQUIRE(tree.alive.contains("heart"));
  }
  CHECK(!tree.world.ended(root));
}

TEST_CASE("a supervisor that was fenced tells no one of its end: another incarnation has its path") {
  tree_world tree;
  const auto root = tree.start(tree.plan("root", {tree.worker("a")}));
  tree.world.run();
  process::fence_and_kill(root, code::stuck);
  CHECK(tree.world.ended(root));
  CHECK(!tree.saw("down root"));
  CHECK(tree.alive.empty());
}

TEST_CASE("of a supervisor that is killed, the ends of its children are told, too") {
  tree_world tree;
  const auto root = tree.start(tree.plan("root", {tree.worker("a"), tree.worker("b")}));
  tree.world.run();
  tree.said.clear();
  process::kill(root);
  tree.world.run();
  CHECK(tree.said == std::vector<std::string>{"ended root/b#1 killed its supervisor ended",
                                              "ended root/a#1 killed its supervisor ended", "down root killed"});
}
