#pragma once

#include "apps/ctl/fault.hpp"

#include <string>

/// Commands on a configuration that need no node.
namespace cafnode::ctl {

/// Says all that is wrong with a file, on standard output: for people, or as a JSON array of faults. Ends with
/// bad_config when there are errors; warnings alone are no reason.
[[nodiscard]] exit_code validate_config(const std::string& file, bool as_json);

/// Prints the JSON Schema of the configuration.
[[nodiscard]] exit_code print_config_schema();

} // namespace cafnode::ctl
