#pragma once

#include "apps/ctl/views.hpp"

#include <string>

/// The configuration of a node as text for a person. Pure, like views.hpp.
namespace cafnode::ctl {

/// `status` is the body of /api/v1/config.
[[nodiscard]] std::string config_status_text(const value& status, const look& how);

/// `plan` is the answer of /api/v1/config/plan, `file` what was planned: the last line is the command that does it.
[[nodiscard]] std::string config_plan_text(const value& plan, const std::string& file, const look& how);

/// `report` is the answer of /api/v1/config/apply and rollback.
[[nodiscard]] std::string config_report_text(const value& report);

[[nodiscard]] std::string config_history_text(const value& history, const look& how);

/// `changes` is the body of /api/v1/config/diff.
[[nodiscard]] std::string config_diff_text(const value& changes, const look& how);

} // namespace cafnode::ctl
