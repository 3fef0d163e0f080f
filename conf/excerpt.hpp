#pragma once

#include "conf/document.hpp"
#include "conf/fault.hpp"

#include <string_view>

namespace cafnode::conf {

/// Puts into `about` the line that it stands in, as it may be shown to anybody: of the line only the keys of the
/// schema, and what the fault itself is about where that is a key, or a short value of a key that holds no secret. All
/// else is masked, for a secret may stand anywhere, above all where the text could not be parsed. The part around the
/// fault only, whatever the line's length.
void add_excerpt(fault& about, const source& from);

/// Whether the schema has a key, or a section, of this name anywhere.
[[nodiscard]] bool is_schema_word(std::string_view word);

} // namespace cafnode::conf
