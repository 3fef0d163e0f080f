#include "tests/support/source_tree.hpp"

namespace cafnode::test {

const std::string& source_tree() {
  static const std::string folder{CAFNODE_SOURCE_DIR};
  return folder;
}

} // namespace cafnode::test
