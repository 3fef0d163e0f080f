#pragma once

#include "runtime/process/ask.hpp"
#include "runtime/process/mailbox.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/skip.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace cafnode::test {

/// A world, a mailbox, and incarnations of one process that reads it. A text is noted; "crash" throws, "later" is
/// skipped until "now" was handled; a number is a question, answered with its double, but 13 crashes.
struct mailbox_rig {
  explicit mailbox_rig(std::size_t bound = 10, process::overflow policy = process::overflow::refuse)
      : box{process::make_mailbox(world.system(), {"box", bound, policy})} {}

  ~mailbox_rig() { box->close(); }

  /// A process with the mailbox.
  caf::actor spawn(virtual_time::function_process::behave_function behave) {
    return process::spawn_process<virtual_time::function_process>(
        world.system(), process::spawn_options{&world.home(), box}, "reader", std::move(behave));
  }

  caf::actor spawn_reader(const std::string& prefix = {}) {
    return spawn([this, prefix](process::process_base&) { return reads(prefix); });
  }

  caf::behavior reads(const std::string& prefix) {
    return {[this, prefix](const std::string& text) -> caf::result<void> {
              if (text == "later" && !now)
                return caf::skip();
              if (text == "crash")
                throw std::runtime_error{"crash"};
              now = now || text == "now";
              handled.push_back(prefix + text);
              return caf::unit;
            },
            [this](int number) -> int {
              if (number == 13)
                throw std::runtime_error{"unlucky"};
              handled.push_back(std::to_string(number));
              return number * 2;
            }};
  }

  /// Asks `to` (a handle or the mailbox); the outcome goes to `outcomes`.
  template<class To>
  void ask(const To& to, int question, base::duration timeout = std::chrono::seconds{1}) {
    world.spawn_function("asker", [this, to, question, timeout](process::process_base& self) -> caf::behavior {
      process::ask(
          self, to, timeout, question, [this](int answer) { outcomes.push_back(std::to_string(answer)); },
          [this](const caf::error& why) {
            outcomes.push_back(why == caf::sec::request_timeout ? "timeout" : process::text_of(why));
          });
      return {};
    });
    world.run();
  }

  void send(const std::string& text) { process::tell_anonymous(box, text); }

  [[nodiscard]] std::uint64_t dead(process::dead_letter_kind kind) {
    return world.services().dead_letters_by_kind().counts[static_cast<std::size_t>(kind)];
  }

  virtual_time::virtual_world world;
  std::shared_ptr<process::mailbox> box;
  std::vector<std::string> handled;
  std::vector<std::string> outcomes;
  bool now = false;
};

} // namespace cafnode::test
