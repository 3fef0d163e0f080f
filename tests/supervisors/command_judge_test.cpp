// What a command comes to, in each state of the child that it is about.
#include "supervisors/command_judge.hpp"
#include "tests/supervisors/parts_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;

namespace {

struct command_rig : parts_rig {
  explicit command_rig(strategy chosen) : parts_rig{test::flags(chosen), specs_of(chosen)} {
    if (chosen == strategy::simple_one_for_one)
      instance = worker("template");
  }

  static std::vector<child_spec> specs_of(strategy chosen) {
    if (chosen == strategy::simple_one_for_one)
      return {};
    return {worker("stopped"), worker("running"), worker("waiting")};
  }

  /// The answer, or the kind of the job as a number.
  template<class T>
  std::string judge(T wanted) {
    const auto verdict = commands.judge(wanted);
    if (const auto* answer = std::get_if<call_answer>(&verdict))
      return std::string{to_string(answer->code)};
    return "job " + std::to_string(static_cast<int>(std::get<job>(verdict).kind));
  }

  static std::string a_job(job_kind kind) { return "job " + std::to_string(static_cast<int>(kind)); }

  command_judge commands{{flags, instance, children, heard, driver}};
};

} // namespace

SCENARIO("each command is answered, or becomes a job, by the state of its child") {
  command_rig rig{strategy::one_for_one};
  rig.running("running");
  rig.children.set_phase(rig.child("waiting"), child_phase::waiting_for_time);
  const auto job_of = command_rig::a_job;
  CHECK(rig.judge(start_child{worker("running")}) == "already_started");
  CHECK(rig.judge(start_child{worker("waiting")}) == "already_present");
  CHECK(rig.judge(start_child{worker("")}) == "invalid_spec");
  CHECK(rig.judge(start_child{worker("new")}) == job_of(job_kind::start_command));
  CHECK(rig.told() == words{"child_added new"});
  CHECK(rig.judge(restart_child{"running"}) == "running");
  CHECK(rig.judge(restart_child{"waiting"}) == "restarting");
  CHECK(rig.judge(restart_child{"stopped"}) == job_of(job_kind::restart_command));
  CHECK(rig.judge(restart_child{"nobody"}) == "not_found");
  CHECK(rig.judge(terminate_child{"running"}) == job_of(job_kind::terminate_command));
  CHECK(rig.judge(terminate_child{"nobody"}) == "not_found");
  CHECK(rig.judge(replace_child{"running", replacement::stop_first}) == job_of(job_kind::replace_command));
  CHECK(rig.judge(replace_child{"running", replacement::make_before_break}) == job_of(job_kind::renew_command));
  CHECK(rig.judge(replace_child{"stopped", {}}) == job_of(job_kind::restart_command));
  CHECK(rig.judge(delete_child{"running"}) == "running");
  CHECK(rig.judge(delete_child{"waiting"}) == "restarting");
  CHECK(rig.judge(delete_child{"stopped"}) == "ok");
  CHECK(rig.children.find("stopped") == nullptr);
  CHECK(rig.judge(start_instance{"x", {}}) == "wrong_strategy");
  CHECK(rig.judge(terminate_instance{"running"}) == "wrong_strategy");
  CHECK(rig.said().empty()); // it starts and stops nobody
}

SCENARIO("instances are made from the template, as many as there may be") {
  command_rig rig{strategy::simple_one_for_one};
  rig.flags.children_max = 1;
  CHECK(rig.judge(start_child{worker("a")}) == "wrong_strategy");
  CHECK(rig.judge(delete_child{"a"}) == "wrong_strategy");
  CHECK(rig.judge(start_instance{"x", {}}) == command_rig::a_job(job_kind::start_command));
  CHECK(rig.judge(start_instance{"y", {}}) == "too_many_children");
  CHECK(rig.judge(terminate_instance{"x"}) == command_rig::a_job(job_kind::terminate_command));
}

SCENARIO("a child of a group is replaced with those that share its fate, and never made before it breaks") {
  command_rig rig{strategy::rest_for_one};
  for (const auto* id : {"stopped", "running", "waiting"})
    rig.running(id);
  CHECK(rig.judge(replace_child{"running", replacement::make_before_break}) == "wrong_strategy");
  replace_child wanted{"running", replacement::stop_first};
  const auto work = std::get<job>(rig.commands.judge(wanted));
  const std::vector both{rig.child("running").slot, rig.child("waiting").slot};
  CHECK(work.stop == both);
  CHECK(work.start == both);
}
