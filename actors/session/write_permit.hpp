#pragma once

#include "runtime/process/process_base.hpp"

namespace cafnode::session {

/// Whether a process may write to the exchange at this moment. Asked in the function that writes, right before it does,
/// and nowhere else: what was true a call earlier may not be true any more. Today the fence takes it away, for good; a
/// lease that can run out belongs here as well.
class write_permit {
public:
  explicit write_permit(const process::process_base& holder) noexcept : holder_{&holder} {}

  /// Two loads; any thread.
  [[nodiscard]] bool holds() const noexcept { return !holder_->is_fenced(); }

private:
  const process::process_base* holder_;
};

} // namespace cafnode::session
