#pragma once

#include "conf/document.hpp"
#include "conf/schema.hpp"

#include <string>

namespace cafnode::conf {

/// Reads `node` into the field of `key`, or notes in `sink` why it cannot, naming the value by `path`. The field keeps
/// its value on a fault.
void read_field(const key& key, const field& into, const document_node& node, const std::string& path,
                fault_sink& sink);

} // namespace cafnode::conf
