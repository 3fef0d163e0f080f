#pragma once

#include "conf/node_config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::session {

/// What one connection is to be: values only, nothing that runs.
struct wanted_connection {
  std::string name;                                      // "alpha"; "alpha-7" of an entry with `count`
  std::string path;                                      // of its supervisor: "tokyo/deribit/alpha"
  std::shared_ptr<const conf::exchange_config> exchange; // without its list of connections
  std::shared_ptr<const conf::connection_config> entry;  // as it is written; all of its `count` share it

  std::uint64_t revision = 0; // of what takes a restart: another one means that the connection is restarted
  std::uint64_t live = 0;     // of what a running connection takes over
  /// Of whose orders these are: exchange, address, account and key. Under another one nothing that was known holds.
  std::uint64_t identity = 0;

  friend bool operator==(const wanted_connection& one, const wanted_connection& other) noexcept {
    return one.name == other.name && one.path == other.path && one.revision == other.revision &&
           one.live == other.live && one.identity == other.identity;
  }
};

struct wanted_exchange {
  std::string name;
  std::string path;                                    // of its supervisor: "tokyo/deribit"
  std::shared_ptr<const conf::exchange_config> config; // without its list of connections
  std::vector<wanted_connection> connections;          // in the order of the file
};

/// The connections of a node, as its configuration wants them.
struct wanted_tree {
  std::string region;
  std::vector<wanted_exchange> exchanges;

  [[nodiscard]] const wanted_exchange* find(std::string_view exchange) const noexcept; // null: not wanted
};

/// Reads them out of a configuration that has passed its checks. Pure: the same configuration gives the same tree.
[[nodiscard]] wanted_tree wanted_of(const conf::node_config& config);

} // namespace cafnode::session
