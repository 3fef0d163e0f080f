#pragma once

#include "control/json_writer.hpp"
#include "control/record_shelf.hpp"
#include "control/tree/tree_row.hpp"

/// The supervisor tree as the API writes it.
namespace cafnode::control {

/// One row of /api/v1/tree.
void write_tree_row(json_writer& out, const tree_row& row, base::moment now);

/// A restart record, as text and in fields.
void write_record(json_writer& out, const kept_record& kept);

} // namespace cafnode::control
