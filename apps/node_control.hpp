#pragma once

#include "conf/node_config.hpp"
#include "runtime/base/result.hpp"
#include "runtime/control/control_actions.hpp"
#include "runtime/control/node_views.hpp"

#include <memory>
#include <string>

namespace cafnode::node {

/// The control API of a node on a thread of its own, so that no operator slows a connection.
class control_server {
public:
  virtual ~control_server() = default; // stops listening and ends the thread

  /// Where it listens: "127.0.0.1:7601".
  [[nodiscard]] virtual std::string address() const = 0;
};

/// Starts it; the fault says which address could not be had.
[[nodiscard]] base::result<std::unique_ptr<control_server>, std::string>
start_control(const conf::node_config& config, control::node_views views, control::control_actions actions);

} // namespace cafnode::node
