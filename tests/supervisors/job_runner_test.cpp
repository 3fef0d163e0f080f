// The order in which a job stops and starts children.
#include "supervisors/job_runner.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;

namespace {

child_spec in_group(std::string id, std::uint32_t group) {
  auto spec = worker(std::move(id));
  spec.stop_group = group;
  return spec;
}

/// Takes steps until there is none, each stop and start awaited: "-b" stops b, "+b" starts it, "|" is a pause, "." the
/// end.
std::string steps(job_runner& runner, job_id id, const child_table& children) {
  std::string out;
  for (;;) {
    const auto step = runner.next(id, children);
    const auto* child = children.find(step.slot);
    switch (step.kind) {
    case step_kind::wait:
      return out;
    case step_kind::stop:
      out += "-" + child->id;
      runner.awaits(id, child->stop_group());
      break;
    case step_kind::start:
      out += "+" + child->id;
      runner.awaits(id);
      break;
    case step_kind::stop_all:
      return out + "-all";
    case step_kind::pause:
      return out + "|";
    case step_kind::done:
      return out + ".";
    }
  }
}

} // namespace

SCENARIO("a job stops one child after the other, last first, then starts, first first") {
  child_table children;
  const auto a = children.add(worker("a")).slot;
  const auto b = children.add(worker("b")).slot;
  job_runner runner;
  const auto id = runner.open({.stop = {a, b}, .start = {a, b}});
  CHECK(steps(runner, id, children) == "-b");
  CHECK(runner.came(id));
  CHECK(steps(runner, id, children) == "-a");
  CHECK(runner.came(id));
  CHECK(steps(runner, id, children) == "+a");
  CHECK(runner.came(id));
  CHECK(steps(runner, id, children) == "+b");
  CHECK(runner.came(id));
  CHECK(steps(runner, id, children) == ".");
  CHECK(!runner.empty());
  CHECK(runner.close(id).start.size() == 2);
  CHECK(runner.empty());
  CHECK(!runner.came(id));
  CHECK(steps(runner, id, children).empty());
}

SCENARIO("a job with a delay pauses between its halves") {
  child_table children;
  const auto a = children.add(worker("a")).slot;
  job_runner runner;
  const auto id = runner.open({.stop = {a}, .start = {a}, .delay = base::duration{1}});
  CHECK(steps(runner, id, children) == "-a");
  CHECK(runner.came(id));
  CHECK(steps(runner, id, children) == "|");
}

SCENARIO("neighbours with stop groups are stopped group beside group, and within one last first") {
  child_table children;
  std::vector<slot_key> all;
  for (auto spec : {in_group("a", 0), in_group("b", 1), in_group("c", 2), in_group("d", 1), in_group("e", 0)})
    all.push_back(children.add(std::move(spec)).slot);
  job_runner runner;
  const auto id = runner.open({.stop = all});
  CHECK(steps(runner, id, children) == "-e");
  CHECK(runner.came(id));
  CHECK(steps(runner, id, children) == "-d-c");
  WHEN("the last of one group has ended") {
    CHECK(runner.came(id, 1));
    THEN("the one before it follows, whatever the other group does") {
      CHECK(steps(runner, id, children) == "-b");
      CHECK(runner.came(id, 1));
      CHECK(steps(runner, id, children).empty());
      CHECK(runner.came(id, 2));
      CHECK(steps(runner, id, children) == "-a");
    }
  }
  WHEN("what is left is taken away") {
    auto rest = runner.take_rest(id);
    THEN("it is all that has yet to be stopped, and nothing more is") {
      std::ranges::sort(rest);
      CHECK(rest == std::vector<slot_key>{all[0], all[1]});
      CHECK(runner.came(id, 1));
      CHECK(steps(runner, id, children).empty());
      CHECK(runner.came(id, 2));
      CHECK(steps(runner, id, children) == ".");
    }
  }
}

SCENARIO("a job that stops side by side does so once nothing is awaited any more") {
  child_table children;
  const auto a = children.add(worker("a")).slot;
  job_runner runner;
  const auto id = runner.open({.stop = {a}, .side_by_side = true, .awaited = 1});
  CHECK(steps(runner, id, children).empty());
  CHECK(runner.came(id));
  CHECK(steps(runner, id, children) == "-all");
}

SCENARIO("work of OTP's is told from work beyond it") {
  job_runner runner;
  for (const auto kind : {job_kind::boot, job_kind::restart, job_kind::start_command, job_kind::restart_command,
                          job_kind::terminate_command})
    (void)runner.open({.kind = kind});
  CHECK(!runner.goes_beyond_otp());
  for (const auto kind :
       {job_kind::replace_command, job_kind::renew_command, job_kind::change_stop, job_kind::change_start}) {
    const auto id = runner.open({.kind = kind});
    CHECK(runner.goes_beyond_otp());
    (void)runner.close(id);
  }
}
