#pragma once

#include "control/tree/tree_view.hpp"
#include "runtime/observe/event_log.hpp"

#include <vector>

/// What has happened to one row of the tree.
namespace cafnode::control {

/// The latest `most` transitions of it that the log still has, oldest first; of a supervisor, its children's too.
[[nodiscard]] std::vector<observe::event_ptr> history_of(const observe::event_log& log, const tree_row& row,
                                                         std::size_t most);

/// The last restarts that it was part of, oldest first; of a supervisor, those among its children too.
[[nodiscard]] std::vector<kept_record> records_about(const tree_view& tree, const tree_row& row);

} // namespace cafnode::control
