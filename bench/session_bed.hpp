#pragma once

#include "actors/session/board.hpp"
#include "conf/node_config.hpp"
#include "runtime/host/actor_host.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <memory>

namespace cafnode::bench {

/// The product as a node runs it (host, supervisor trees, sessions), without its control API, to be measured.
class session_bed {
public:
  session_bed(const conf::node_config& config, std::size_t io_threads);
  ~session_bed();
  session_bed(const session_bed&) = delete;
  session_bed& operator=(const session_bed&) = delete;

  [[nodiscard]] const session::board& board() const noexcept { return *board_; }

  /// How many connections are live now.
  [[nodiscard]] std::size_t live() const;

  /// Waits until `count` are live; false when they are not within `seconds`.
  [[nodiscard]] bool wait_for_live(std::size_t count, int seconds) const;

private:
  std::unique_ptr<host::actor_host> host_;
  std::shared_ptr<session::board> board_;
  caf::actor root_;
};

} // namespace cafnode::bench
