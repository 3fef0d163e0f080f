// Must not compile: a message of the wire with floating point in it.
#include "runtime/process/messages.hpp"

namespace cafnode::process_test {

struct quote {
  std::uint64_t id = 0;
  caf::optional<double> price;
};

CAFNODE_FIELDS(quote, value.id, value.price)

} // namespace cafnode::process_test

CAFNODE_BEGIN_MESSAGES(tests)

CAFNODE_ADD_MESSAGE(tests, cafnode::process_test::quote)

CAFNODE_END_MESSAGES(tests)
