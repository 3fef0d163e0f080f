#pragma once

#include "apps/node_control.hpp"
#include "runtime/control/access.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/local_socket.hpp"

#include <optional>

namespace cafnode::node {

/// What the control API listens on, and what its callers may do.
struct control_listeners {
  net::http_server_options tcp;
  std::optional<net::local_socket> local; // listens already
  control::access_rules rules;
};

/// Looks up the address, reads the tokens and the certificate, and takes the unix socket. Blocks for the look-up.
[[nodiscard]] base::result<control_listeners, control_failure> prepare_listeners(const conf::node_config& config);

} // namespace cafnode::node
