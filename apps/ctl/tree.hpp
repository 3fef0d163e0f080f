#pragma once

#include "apps/ctl/views.hpp"

/// The supervisor tree as text for a person. Pure, like ctl_views.hpp.
namespace cafnode::ctl {

/// `tree` is the body of /api/v1/tree.
[[nodiscard]] std::string tree_text(const value& tree, const look& how);

/// `detail` is the body of /api/v1/tree/show.
[[nodiscard]] std::string tree_detail_text(const value& detail, const look& how);

/// `done` is the answer of /api/v1/tree/restart.
[[nodiscard]] std::string restart_text(const value& done);

} // namespace cafnode::ctl
