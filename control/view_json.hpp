#pragma once

#include "control/json_writer.hpp"
#include "control/node_views.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::control {

/// What the node is like as a whole, worst first: `draining`, `starting`, `degraded` (a connection is not live, or a
/// supervisor gave up), `ok`.
enum class node_health : std::uint8_t { ok, degraded, starting, draining };

[[nodiscard]] std::string_view to_string(node_health value) noexcept;
[[nodiscard]] node_health health_of(const node_views& views);

/// The body of /api/v1/status.
[[nodiscard]] std::string status_json(const node_views& views);

/// One connection, as in /api/v1/connections/NAME.
void write_connection(json_writer& out, const session::connection_record& record, base::moment now);

} // namespace cafnode::control
