#pragma once

#include <string>

namespace cafnode::test {

/// The folder of the project, for tests that read its files. Only the file behind this one knows the path, so that all
/// others compile the same in every clone.
[[nodiscard]] const std::string& source_tree();

} // namespace cafnode::test
