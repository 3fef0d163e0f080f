#pragma once

#include "runtime/base/time.hpp"

namespace cafnode::host {

/// The clocks of this machine. Whatever decides takes the time as an argument, which in the end comes from here.
class machine_clock final : public base::clock_source {
public:
  [[nodiscard]] base::moment now() const override;
};

} // namespace cafnode::host
