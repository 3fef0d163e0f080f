#pragma once

#include "supervisors/child_table.hpp"
#include "supervisors/management.hpp"

/// What a supervisor answers from the table of its children, at once and at any time.
namespace cafnode::supervision {

[[nodiscard]] children_page page_of(const child_table& children, const which_children& wanted);
[[nodiscard]] call_answer answer_to(const child_table& children, const find_child& wanted);
[[nodiscard]] spec_report spec_of(const child_table& children, const get_childspec& wanted);

} // namespace cafnode::supervision
