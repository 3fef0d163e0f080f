#pragma once

#include "runtime/process/process_base.hpp"
#include "supervisors/management.hpp"

#include <caf/actor_control_block.hpp>

#include <optional>

namespace cafnode::supervision {

/// A child's side of being `announced` or `awaited`: whichever comes first, the question or the readiness, the answer
/// is given once both are there. On the child's own thread:
///
///   behave():  return {[this](const await_start& question) { ready_.on_await(*this, question); }, ...};
///   later:     ready_.set(*this);
class ready_signal {
public:
  /// Its supervisor asks. `self` is handling that message.
  void on_await(process::process_base& self, const await_start& question);

  /// It is ready. Later calls change nothing.
  void set(process::process_base& self);

  [[nodiscard]] bool is_set() const noexcept { return set_; }

private:
  void answer(process::process_base& self);

  bool set_ = false;
  std::optional<await_start> question_;
  caf::strong_actor_ptr asked_by_;
};

} // namespace cafnode::supervision
