#include "conf/diff.hpp"
#include "conf/loader.hpp"
#include "runtime/base/invariant.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

// Whatever the file holds: reading it ends, in a configuration or in faults with a place; what was accepted prints,
// reads back the same, and does not differ from itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  namespace conf = cafnode::conf;
  const auto read = conf::load_text("fuzz.yaml", std::string{reinterpret_cast<const char*>(bytes), size});
  CAFNODE_INVARIANT(conf::format_faults(read.faults).empty() == read.faults.empty(), "a fault without words");
  CAFNODE_INVARIANT(conf::faults_to_json(read.faults).size() >= 2, "faults are a JSON array");
  if (!read.usable())
    return 0;
  const auto printed = conf::print_config(read, false);
  const auto again = conf::load_text("printed.yaml", printed);
  CAFNODE_INVARIANT(again.usable(), "what was printed does not load");
  CAFNODE_INVARIANT(conf::print_config(again, false) == printed, "what was printed loads as something else");
  CAFNODE_INVARIANT(conf::diff(read.config, again.config).empty(), "what was printed differs");
  return 0;
}
