#pragma once

#include "actors/session/depot.hpp"
#include "chaos/world/memory_link.hpp"
#include "chaos/world/told_log.hpp"
#include "conf/node_config.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "sim/virtual/virtual_exchange.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace cafnode::chaos {

/// One node as apps/node makes it, in virtual time: its supervisors, depot, sessions and protocol machines are the real
/// ones; its links are in memory. Of one thread.
class virtual_node {
public:
  struct seeds {
    std::uint64_t node = 0;  // jitter and nonces
    std::uint64_t order = 0; // of who runs first
  };

  /// What is given by reference outlives it.
  virtual_node(const conf::node_config& config, seeds chance, sim::virtual_exchange& exchange, sim::agenda& time);
  ~virtual_node();

  [[nodiscard]] virtual_time::virtual_world& world() noexcept { return world_; }

  [[nodiscard]] session::board& board() noexcept { return *board_; }

  [[nodiscard]] told_log& told() noexcept { return *told_; }

  [[nodiscard]] link_weather& weather() noexcept { return weather_; }

  /// The link that the connection opened last; null: there is none now.
  [[nodiscard]] memory_link* link_of(const std::string& connection);

  /// The process of that connection under this name, "exchange_client"; null: it is not running.
  [[nodiscard]] caf::actor process_of(const std::string& connection, std::string_view name);

  /// Asks the tree to stop, and gives up what does not.
  void stop();

private:
  class seat;

  virtual_time::virtual_world world_;
  link_weather weather_;
  std::map<std::string, std::weak_ptr<memory_link*>, std::less<>> links_;
  std::shared_ptr<session::board> board_ = std::make_shared<session::board>();
  std::shared_ptr<told_log> told_ = std::make_shared<told_log>();
  std::shared_ptr<session::depot> depot_;
  caf::actor root_;
};

} // namespace cafnode::chaos
