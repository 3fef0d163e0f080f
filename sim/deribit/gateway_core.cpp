#include "sim/deribit/gateway_core.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cafnode::sim {

void beat_counts::add(const beat_counts& other) noexcept {
  asked += other.asked;
  answered += other.answered;
  late += other.late;
  worst_answer = std::max(worst_answer, other.worst_answer);
}

gateway_core::gateway_core(boost::asio::io_context& loop, settings chosen, const base::clock_source& time,
                           audit_log& log, exchange& behind, std::uint64_t seed)
    : io{loop},
      options{std::move(chosen)},
      clock{time},
      audit{log},
      market{behind},
      inside{dynamic_cast<inspection*>(&behind)},
      chance{seed},
      accounts{options, seed + 1},
      credits{options},
      subscriptions{static_cast<std::size_t>(options.channels_per_connection_max)},
      tasks{loop} {}

base::moment gateway_core::now() const {
  base::moment at = clock.now();
  if (const auto* skew = faults.look(fault_type::clock_offset, 0, ""))
    at.wall += std::chrono::milliseconds{skew->number("ms", 0)};
  return at;
}

peer* gateway_core::find(std::uint64_t connection) {
  const auto found = peers.find(connection);
  return found == peers.end() ? nullptr : &found->second;
}

beat_rules gateway_core::rules_of_beat() const {
  using ms = std::chrono::milliseconds;
  return {ms{options.hb_granularity_ms}, ms{options.hb_grace_ms}, ms{options.idle_close_no_heartbeat_ms},
          options.hb_answer == "any_request"};
}

void deliver(gateway_core& core, peer& to, frame_ptr frame, bool flush_now) {
  if (!to.ws || !to.line->is_open())
    return;
  const std::uint64_t id = to.line->id();
  if (core.faults.look(fault_type::mute, id, to.account()) != nullptr)
    return;
  to.ws->beat.server_spoke(core.clock.now().steady);
  const auto* held = core.faults.look(fault_type::delay, id, to.account());
  const bool overtakes = to.ws->last_due != base::time_point{};
  if (held == nullptr && !overtakes)
    return to.line->send(std::move(frame), flush_now);
  const auto now = base::clock::now();
  const auto delay =
      std::chrono::milliseconds{held == nullptr ? 0 : std::max<std::int64_t>(held->number("ms", 100), 0)};
  to.ws->last_due = std::max(to.ws->last_due, now + delay);
  core.tasks.add(to.ws->last_due, [&core, id, due = to.ws->last_due, frame = std::move(frame)] {
    peer* later = core.find(id);
    if (later == nullptr || !later->ws)
      return;
    if (later->ws->last_due == due)
      later->ws->last_due = {};
    later->line->send(frame);
  });
}

void note(gateway_core& core, std::string_view kind, const peer& about, boost::json::object fields) {
  boost::json::object line{{"connection", about.line->id()}};
  if (!about.account().empty())
    line["account"] = about.account();
  for (const auto& [key, value] : fields)
    line[key] = value;
  core.audit.record(kind, line);
}

} // namespace cafnode::sim
