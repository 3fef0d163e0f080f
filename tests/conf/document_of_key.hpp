#pragma once

#include "conf/loader.hpp"
#include "conf/schema.hpp"

#include <string>

/// Documents that set one key of the schema, whichever it is.
namespace cafnode::conf {

/// The smallest document that has `value` at a key, as YAML on one line; without one it leaves the key out.
[[nodiscard]] std::string document_with(const key& of, const std::string* value);

/// The fault that the loader finds in the form of a value, if any; what values make of each other is none.
[[nodiscard]] const fault* fault_of_form(const loaded& from, const key& of);

} // namespace cafnode::conf
