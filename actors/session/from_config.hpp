#pragma once

#include "actors/session/connection_supervisor.hpp"
#include "actors/session/rate_budget.hpp"
#include "actors/session/session_context.hpp"
#include "actors/session/wanted.hpp"
#include "actors/venues/machine.hpp"
#include "actors/venues/registry.hpp"
#include "runtime/base/result.hpp"
#include "runtime/net/dial_options.hpp"

#include <string>

/// The values of a configuration in the words of those who use them. Pure, but for `with_login`.
namespace cafnode::session {

/// What speaks to this exchange.
[[nodiscard]] const venues::venue& venue_of(const conf::exchange_config& exchange);

[[nodiscard]] session_config session_config_of(const wanted_connection& wanted);

/// Without credentials.
[[nodiscard]] venues::machine_config machine_config_of(const wanted_connection& wanted);

[[nodiscard]] venues::live_settings live_settings_of(const wanted_connection& wanted);

/// The machine with the credentials of now, read where they are kept. The fault says, for a person, what is missing.
[[nodiscard]] base::result<venues::machine_config, std::string> with_login(venues::machine_config machine,
                                                                           const conf::auth_config& auth);

/// The part of an account's limits that this node uses.
[[nodiscard]] rate_limits rate_limits_of(const conf::exchange_config& exchange);

/// Without a seed.
[[nodiscard]] connection_restarts restarts_of(const conf::exchange_config& exchange);

/// Where a lane leads, and where an HTTP request of a machine goes: as configured, but for what the machine says.
/// Without a trust store.
[[nodiscard]] net::dial_options dial_options_of(const conf::exchange_config& exchange, const venues::lane_spec& lane);
[[nodiscard]] net::dial_options dial_options_of(const conf::exchange_config& exchange,
                                                const venues::http_request& request);

} // namespace cafnode::session
