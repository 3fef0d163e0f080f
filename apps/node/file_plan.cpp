#include "apps/node/file_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::node {

namespace {

constexpr std::uint64_t own = 16;       // standard ones, log, signals, listeners, and files that are read now and then
constexpr std::uint64_t for_thread = 4; // epoll, timer, wake-up, and its look-ups of names
constexpr std::uint64_t for_connection = 2;
constexpr std::uint64_t reserve = 16;
constexpr std::uint64_t listeners = 2;  // TCP and the unix socket, with as many clients each
constexpr std::uint64_t for_health = 8; // clients of a listener that only ask how the node is
constexpr std::uint64_t control_min = 8;
constexpr std::uint64_t control_max = 256;

} // namespace

file_plan plan_files(std::uint64_t limit, const file_needs& needs) noexcept {
  const std::uint64_t fixed = own + reserve + listeners * for_health + for_thread * needs.io_threads;
  const std::uint64_t control = listeners * control_min;
  const std::uint64_t used = fixed + for_connection * needs.connections;
  file_plan plan;
  plan.limit = limit;
  plan.needed = used + control;
  plan.connections_max = limit > fixed + control ? (limit - fixed - control) / for_connection : 0;
  if (plan.fits())
    plan.control_connections = std::min(control_max, (limit - used) / listeners);
  return plan;
}

std::string explain(const file_plan& plan, const file_needs& needs) {
  return fmt::format("{} connections to exchanges need {} open files, and this process may have {}: raise its hard "
                     "limit (LimitNOFILE= in the service's unit, ulimit -Hn in a shell), or configure at most {} "
                     "connections for each node",
                     needs.connections, plan.needed, plan.limit, plan.connections_max);
}

} // namespace cafnode::node
