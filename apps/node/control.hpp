#pragma once

#include "apps/node/options.hpp"
#include "conf/node_config.hpp"
#include "control/control_actions.hpp"
#include "control/node_views.hpp"
#include "runtime/base/result.hpp"

#include <memory>
#include <string>

namespace cafnode::node {

/// The control API of a node on a thread of its own, so that no operator slows a connection.
class control_server {
public:
  virtual ~control_server() = default; // stops listening and ends the thread

  /// From now on requests are answered; those that have come wait for it.
  virtual void serve() = 0;

  /// Reads the tokens and the certificate of `config` anew, for requests that come from now on and for clients that
  /// connect from now on. The fault names the file; what was known before stays then. Blocks for the files.
  [[nodiscard]] virtual base::result<bool, std::string> read_keys_again(const conf::control_config& config) = 0;

  /// Listens anew at `config`'s unix socket where its file was removed; who came over the old one is let go. False:
  /// there was no need. The fault says why it could not be had; what was there stays then. Blocks for the files.
  [[nodiscard]] virtual base::result<bool, std::string> mend_socket(const conf::node_config& config) = 0;

  /// Where it listens: "127.0.0.1:7601".
  [[nodiscard]] virtual std::string address() const = 0;

  /// The path of its unix socket; empty: it has none. mend_socket may change it.
  [[nodiscard]] virtual const std::string& socket() const = 0;
};

/// Why there is no control API, and what the node ends with for it.
struct control_failure {
  exit_code code = exit_code::temporary;
  std::string text;
};

/// Listens on the unix socket and on the port, for at most so many clients each at a time; the fault says which could
/// not be had and why. `config.name` is set.
[[nodiscard]] base::result<std::unique_ptr<control_server>, control_failure>
open_control(const conf::node_config& config, std::size_t connections_max, control::node_views views,
             control::control_actions actions);

} // namespace cafnode::node
