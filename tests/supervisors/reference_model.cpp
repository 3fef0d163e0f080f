#include "tests/supervisors/reference_model.hpp"

#include "tests/supervisors/reference_supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cafnode::test {

namespace {

constexpr std::int64_t step_ms = 40;

/// The parent of the root: takes the steps, and waits for the answers to its calls.
class script_driver {
public:
  explicit script_driver(const trace::trace_script& script) : script_{script}, root_{world_, script.root} {}

  std::vector<std::string> run() {
    root_.boot([](const auto&) {});
    world_.pass(step_ms);
    for (std::size_t i = 0; i < script_.steps.size(); ++i) {
      take(i, script_.steps[i]);
      world_.run();
      while (waiting_ && world_.pass_to_next())
        continue;
      world_.pass(step_ms);
    }
    world_.pass(step_ms);
    return world_.lines;
  }

private:
  void take(std::size_t i, const trace::script_step& step) {
    const auto target = world_.find(step.id);
    if (step.what == "fail_start")
      world_.failing[step.id] = step.count;
    else if (step.what == "ignore_start")
      world_.ignoring[step.id] = step.count;
    else if (step.what == "sleep_ms")
      world_.pass(step.count);
    else if (!step.sup.empty())
      call(i, step);
    else if (target && step.what == "stop")
      target->supervisor->ask_to_end();
    else if (target)
      world_.end(target, step.what == "kill" ? "killed" : step.reason);
  }

  void call(std::size_t i, const trace::script_step& step) {
    waiting_ = i;
    const auto answered = [this, i](const std::string& value) {
      if (waiting_ != i)
        return;
      waiting_.reset();
      world_.write(fmt::format(R"("ev":"result","step":{},"value":{})", i, value));
    };
    const auto asked = world_.find(step.sup);
    if (!asked)
      return answered(R"({"error":"noproc"})");
    asked->watchers.emplace_back([answered](const reference_reason&) { answered(R"({"error":"noproc"})"); });
    asked->supervisor->call(step, answered);
  }

  const trace::trace_script& script_;
  reference_world world_;
  reference_supervisor root_;
  std::optional<std::size_t> waiting_;
};

bool is_answer(const std::string& line) {
  return line.starts_with(R"({"ev":"result")");
}

std::vector<std::string> only(const std::vector<std::string>& lines, bool answers) {
  std::vector<std::string> out;
  std::ranges::copy_if(lines, std::back_inserter(out), [&](const auto& line) { return is_answer(line) == answers; });
  return out;
}

} // namespace

std::vector<std::string> expected_trace(const trace::trace_script& script) {
  return script_driver{script}.run();
}

std::string first_difference(const std::vector<std::string>& want, const std::vector<std::string>& got) {
  for (const bool answers : {false, true}) {
    const auto left = only(want, answers);
    const auto right = only(got, answers);
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const auto expected = i < left.size() ? left[i] : "(end)";
      const auto found = i < right.size() ? right[i] : "(end)";
      if (expected != found)
        return fmt::format("{} {}: the model {}  here {}", answers ? "answer" : "event", i + 1, expected, found);
    }
  }
  return {};
}

} // namespace cafnode::test
