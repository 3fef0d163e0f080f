#include "sim/deribit/front_core.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cafnode::sim {

front_core::front_core(settings chosen, const base::clock_source& time, alarm& bell, audit_log& log, exchange& behind,
                       std::uint64_t seed)
    : options{std::move(chosen)},
      clock{time},
      audit{log},
      market{behind},
      inside{dynamic_cast<inspection*>(&behind)},
      chance{seed},
      accounts{options, seed + 1},
      credits{options},
      subscriptions{static_cast<std::size_t>(options.channels_per_connection_max)},
      alarm_{bell} {}

base::moment front_core::now() const {
  base::moment at = clock.now();
  if (const auto* skew = faults.look(fault_type::clock_offset, 0, ""))
    at.wall += std::chrono::milliseconds{skew->number("ms", 0)};
  return at;
}

client* front_core::find(std::uint64_t connection) {
  const auto found = clients.find(connection);
  return found == clients.end() ? nullptr : &found->second;
}

beat_rules front_core::rules_of_beat() const {
  using ms = std::chrono::milliseconds;
  return {ms{options.hb_granularity_ms}, ms{options.hb_grace_ms}, ms{options.idle_close_no_heartbeat_ms},
          options.hb_answer == "any_request"};
}

void front_core::at(base::time_point due, std::function<void()> task) {
  if (tasks.add(due, std::move(task)) && due < armed_)
    arm(due);
}

void front_core::after(base::duration span, std::function<void()> task) {
  at(clock.now().steady + span, std::move(task));
}

void front_core::arm(base::time_point due) {
  armed_ = std::min(due, tasks.next_due());
  alarm_.wake_at(armed_);
}

void deliver(front_core& core, client& to, frame_text frame, bool flush_now) {
  if (!to.ws || !to.line->is_open())
    return;
  const std::uint64_t id = to.line->id();
  if (core.faults.look(fault_type::mute, id, to.account()) != nullptr)
    return;
  const auto now = core.clock.now().steady;
  to.ws->beat.server_spoke(now);
  const auto* held = core.faults.look(fault_type::delay, id, to.account());
  const bool overtakes = to.ws->last_due != base::time_point{};
  if (held == nullptr && !overtakes)
    return to.line->send(std::move(frame), flush_now);
  const auto delay =
      std::chrono::milliseconds{held == nullptr ? 0 : std::max<std::int64_t>(held->number("ms", 100), 0)};
  to.ws->last_due = std::max(to.ws->last_due, now + delay);
  core.at(to.ws->last_due, [&core, id, due = to.ws->last_due, frame = std::move(frame)] {
    client* later = core.find(id);
    if (later == nullptr || !later->ws)
      return;
    if (later->ws->last_due == due)
      later->ws->last_due = {};
    later->line->send(frame);
  });
}

void note(front_core& core, std::string_view kind, const client& about, boost::json::object fields) {
  boost::json::object line{{"connection", about.line->id()}};
  if (!about.account().empty())
    line["account"] = about.account();
  for (const auto& [key, value] : fields)
    line[key] = value;
  core.audit.record(kind, line);
}

} // namespace cafnode::sim
