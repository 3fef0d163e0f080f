#pragma once

#include "control/control_actions.hpp"

namespace cafnode::control {

/// What a supervisor's answer to a replace_child means to the one who asked for `order`.
[[nodiscard]] base::result<restart_done, action_failure> outcome_of(const restart_command& wanted,
                                                                    const supervision::management_report& report);

} // namespace cafnode::control
