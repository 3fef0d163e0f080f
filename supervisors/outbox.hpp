#pragma once

#include "runtime/base/fifo.hpp"
#include "supervisors/action.hpp"

#include <optional>
#include <utility>

namespace cafnode::supervision {

/// What a supervision_machine wants done and nobody has done yet, in order. Its carrier takes all of it after each
/// input, so that it holds no more than one input brings about.
class outbox {
public:
  void push(action wanted) { actions_.push(std::move(wanted)); }

  void arm(timer_purpose purpose, slot_key slot, base::duration after) { push(arm_timer{{purpose, slot}, after}); }

  void cancel(timer_purpose purpose, slot_key slot) { push(cancel_timer{{purpose, slot}}); }

  /// Nothing when nobody called.
  void answer(std::optional<call_id> call, call_answer given) {
    if (call)
      push(answer_call{*call, std::move(given)});
  }

  [[nodiscard]] bool empty() const noexcept { return actions_.empty(); }

  [[nodiscard]] action pop() { return actions_.pop(); }

private:
  base::fifo<action> actions_;
};

} // namespace cafnode::supervision
