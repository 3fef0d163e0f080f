#pragma once

#include "runtime/base/time.hpp"

#include <chrono>

namespace cafnode::venues {

/// Tells an exchange that speaks and answers nothing any more from one that loses an answer now and then. Pure; for one
/// connection. Time is an argument and must not run backwards.
class deaf_meter {
public:
  static constexpr int in_a_row_max = 3;
  static constexpr std::chrono::seconds at_least{15};

  /// Something was answered, however late.
  void answered() noexcept { in_a_row_ = 0; }

  /// A request ran into its deadline. True when it is one of `in_a_row_max` or more over `at_least`, with no answer
  /// among them. What runs out within the same second counts once: a process that was stopped finds many such at once,
  /// and their answers may lie in its socket.
  bool unanswered(base::time_point now) noexcept {
    if (in_a_row_ > 0 && now - last_ < std::chrono::seconds{1})
      return false;
    if (in_a_row_++ == 0)
      first_ = now;
    last_ = now;
    return in_a_row_ >= in_a_row_max && now - first_ >= at_least;
  }

private:
  int in_a_row_ = 0;
  base::time_point first_{};
  base::time_point last_{};
};

} // namespace cafnode::venues
