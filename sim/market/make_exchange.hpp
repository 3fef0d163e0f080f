#pragma once

#include "sim/market/exchange.hpp"
#include "sim/market/options.hpp"

#include <memory>

namespace cafnode::sim {

/// The exchange behind the front. `audit` hears of every order event and must outlive it; `start` dates the
/// instruments' expiries. The same options, calls and times give the same bytes.
[[nodiscard]] std::unique_ptr<exchange> make_exchange(exchange_options options, audit_sink& audit, base::moment start);

} // namespace cafnode::sim
