#pragma once

#include "apps/ctl/client.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cafnode::ctl {

/// What the command line says about where the node is and what is allowed there; empty: not said.
struct node_wish {
  std::string address;    // a unix socket's path, a node's name, or HOST:PORT
  std::string token_file; // with a token, for TCP
  std::string ca_file;    // PEM, for https://
};

/// The sockets in `folders` that somebody listens on, by path. Folders of others are passed over;
/// one that two paths lead to is looked at once.
[[nodiscard]] std::vector<std::string> live_sockets(const std::vector<std::string>& folders);

/// Where to ask. Without an address: the one node of this user that runs here, found by its unix socket; where there is
/// none, 127.0.0.1:7601 as a guess. A fault where there are several, or the token or the CA file cannot be read.
[[nodiscard]] base::result<node_address, ctl_fault> find_node(const node_wish& wish,
                                                              const std::vector<std::string>& folders);

} // namespace cafnode::ctl
