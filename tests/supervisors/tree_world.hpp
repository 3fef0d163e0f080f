#pragma once

#include "runtime/process/ask.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "supervisors/supervisor.hpp"

#include <map>
#include <string>
#include <vector>

namespace cafnode::test {

/// Tells a tree_world's worker to answer its await_start.
struct confirm_now {};

/// Tells a tree_world's worker to have itself terminated by `above`.
struct ask_above {
  caf::actor above;
};

/// A world with workers that do as they are told: a string crashes them with that text, a reason_code ends them.
class tree_world final {
public:
  tree_world();

  [[nodiscard]] supervision::child_spec worker(const std::string& id);
  [[nodiscard]] supervision::child_spec supervisor(const std::string& id, supervision::supervisor_plan inner);
  [[nodiscard]] supervision::supervisor_plan plan(std::string path, std::vector<supervision::child_spec> children);

  /// Starts a root, pinned to the world's home.
  [[nodiscard]] caf::actor start(supervision::supervisor_plan plan);

  /// Asks, and runs the world until the answer is there.
  template<class Report, class Question, class OnReport>
  void ask(const caf::actor& to, Question question, OnReport on_report) {
    (void)world.spawn_function("caller", [to, question, on_report](process::process_base& self) -> caf::behavior {
      process::ask(
          self, to, std::chrono::hours{1}, question,
          [on_report, &self](const Report& report) {
            on_report(report);
            self.stop({});
          },
          [&self](const caf::error& why) { self.stop(why); });
      return {};
    });
    world.run();
  }

  /// Whether an event began with `words`.
  [[nodiscard]] bool saw(const std::string& words) const;

  std::vector<std::string> said;           // the events in words: "started root/a#1", "ended root/a#1 crashed TEXT"
  std::map<std::string, caf::actor> alive; // by id
  virtual_time::virtual_world world;

private:
  class listener;
  std::shared_ptr<supervision::event_sink> events_;
};

} // namespace cafnode::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::test::confirm_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::test::ask_above)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::process::reason_code)
