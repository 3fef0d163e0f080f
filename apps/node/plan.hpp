#pragma once

#include "actors/session/board.hpp"
#include "actors/session/notice.hpp"
#include "conf/node_config.hpp"
#include "runtime/base/result.hpp"
#include "runtime/host/io_engine.hpp"
#include "supervisors/supervisor.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace cafnode::node {

/// What the tree of a node is made of besides its configuration.
struct plan_inputs {
  host::io_engine* engine = nullptr;
  const base::clock_source* clock = nullptr;
  std::shared_ptr<session::board> board;
  std::shared_ptr<session::notice_sink> notices;
  std::shared_ptr<supervision::event_sink> events;
  std::uint64_t seed = 0; // of back-off jitter and nonces
};

/// The supervision plan of a whole node: a root named after the region, one supervisor an exchange, and under it one
/// supervisor a connection (session::connection_plan), each pinned to the I/O thread that has the fewest. The fault is
/// a sentence for the operator: a secret that cannot be had, a CA file that cannot be read.
[[nodiscard]] base::result<supervision::supervisor_plan, std::string> make_node_plan(const conf::node_config& config,
                                                                                     const plan_inputs& inputs);

} // namespace cafnode::node
