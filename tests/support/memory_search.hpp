#pragma once

#include <cstddef>
#include <string_view>

namespace cafnode::test {

/// How often a text is in the writable memory of this process, given with each byte one less, so that the question is
/// no answer. Not in mappings beyond 256 MiB, as a sanitizer's shadow. Other threads should have nothing to do.
[[nodiscard]] std::size_t copies_in_memory(std::string_view shifted);

} // namespace cafnode::test
