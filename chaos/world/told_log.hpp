#pragma once

#include "actors/session/notice.hpp"
#include "actors/session/order_messages.hpp"
#include "supervisors/supervisor.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::chaos {

/// What a user was answered.
struct told_answer {
  base::time_point at;
  std::size_t operation = 0; // of the plan
  bool answered = false;     // otherwise no answer came: gate away, deadline over
  session::order_outcome outcome;
};

/// Everything that a node tells its users and operators, in order. Of one thread.
class told_log final : public session::notice_sink, public supervision::event_sink {
public:
  static constexpr std::size_t kept_max = 1'000'000; // of each kind; what is beyond is counted

  void publish(session::notice happened) override {
    if (notices.size() < kept_max)
      notices.push_back(std::move(happened));
    else
      ++lost;
  }

  void publish(const supervision::event&) override { ++transitions; }

  std::vector<session::notice> notices;
  std::vector<told_answer> answers;
  std::size_t transitions = 0;
  std::size_t lost = 0;
};

} // namespace cafnode::chaos
