#pragma once

#include "actors/venues/machine.hpp"

#include <memory>

namespace cafnode::deribit {

/// Makes the protocol machine for one connection to Deribit.
///
/// Its scratch memory belongs to the thread, not to the machine: use a machine on one thread at a time, and call
/// `receive` of no machine from inside an outbox call.
[[nodiscard]] std::unique_ptr<venues::machine> make_machine(venues::machine_config config);

} // namespace cafnode::deribit
