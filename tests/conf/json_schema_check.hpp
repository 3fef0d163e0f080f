#pragma once

#include "conf/document.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace cafnode::conf {

/// What a document has that a JSON Schema forbids, as an editor sees it; empty: nothing. Knows the words of draft-07
/// that our schema uses, and fails the test at any other. Plain scalars have the types of YAML 1.2's core schema.
[[nodiscard]] std::string schema_violation(const boost::json::value& schema, const document_node& document);

} // namespace cafnode::conf
