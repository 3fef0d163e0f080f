#pragma once

#include "apps/node/control.hpp"
#include "control/access.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/local_socket.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cafnode::node {

/// What the control API listens on, and what its callers may do.
struct control_listeners {
  net::http_server_options tcp;
  std::optional<net::local_socket> local; // listens already
  control::access_rules rules;
};

/// What callers and the node prove themselves with: files, which may be replaced while the node runs.
struct control_keys {
  std::vector<control::access_token> tokens;
  std::shared_ptr<const net::tls_context> tls; // null: plain
};

/// Reads the tokens and the certificate. The fault names the key of the configuration and the file. Blocks.
[[nodiscard]] base::result<control_keys, control_failure> read_keys(const conf::control_config& config);

/// The address to bind for `config`: one of what its name leads to, all of which must be allowed. Blocks for the
/// look-up.
[[nodiscard]] base::result<std::string, control_failure> bound_address(const conf::control_config& config);

/// Takes the unix socket that `config` names or leaves to us; `config.name` is set. Blocks for the files.
[[nodiscard]] base::result<net::local_socket, control_failure> take_socket(const conf::node_config& config);

/// Looks up the address, reads the tokens and the certificate, and takes the unix socket. Blocks for the look-up.
[[nodiscard]] base::result<control_listeners, control_failure> prepare_listeners(const conf::node_config& config);

} // namespace cafnode::node
