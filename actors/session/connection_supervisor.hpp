#pragma once

#include "actors/session/session_context.hpp"
#include "conf/node_config.hpp"
#include "runtime/process/home.hpp"
#include "supervisors/supervisor.hpp"

#include <memory>

namespace cafnode::session {

/// How the restarts of one connection are paced and counted.
struct connection_restarts {
  std::size_t intensity = conf::restart_config{}.intensity; // crashes of ours within `period` that its tree mends
  std::chrono::milliseconds period = conf::restart_config{}.period;
  supervision::restart_pacing pacing;
  std::uint64_t seed = 0;
};

/// The plan of one connection: exchange client, heartbeat manager and, with orders, order gate under rest_for_one, all
/// pinned to `where`. `config` is what the context begins with. A lost connection or a refusing exchange is paced but
/// never counted: only our own crashes escalate.
[[nodiscard]] supervision::supervisor_plan connection_plan(std::shared_ptr<session_context> context,
                                                           const session_config& config, process::home& where,
                                                           const connection_restarts& restarts,
                                                           std::shared_ptr<supervision::event_sink> events);

} // namespace cafnode::session
