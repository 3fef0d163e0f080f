#pragma once

#include "conf/document.hpp"
#include "conf/loader.hpp"

#include <map>
#include <string>

namespace cafnode::conf {

/// Where each value of the file stands, by path; sections and entries of lists, too.
using positions = std::map<std::string, position>;

/// Turns the tree of a file into a configuration by the schema; every fault goes to `sink`.
[[nodiscard]] positions decode_document(const document_node& root, loaded& into, fault_sink& sink);

/// What no single key can tell: names that must be unique, values that must fit each other, credentials.
void check_config(const node_config& config, const positions& where, fault_sink& sink);

} // namespace cafnode::conf
