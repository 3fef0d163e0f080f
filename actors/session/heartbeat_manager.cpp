#include "actors/session/heartbeat_manager.hpp"

#include "actors/session/counting.hpp"
#include "actors/session/messages.hpp"
#include "runtime/process/tell.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::session {

heartbeat_manager::heartbeat_manager(caf::actor_config& config, std::shared_ptr<session_context> context)
    : process_base{config, context->config.path + "/heartbeat_manager"},
      context_{std::move(context)},
      watch_{context_->config.heartbeat, now().steady} {}

caf::behavior heartbeat_manager::behave() {
  context_->manager = caf::actor_cast<caf::actor>(this);
  process::tell(*this, context_->client, manager_up{context_->manager});
  arm();
  return {
      [this](const test_request_seen& seen) { on_test_request(seen.at); },
      [this](const heartbeat_written& written) { on_written(written.at); },
  };
}

void heartbeat_manager::on_end(const caf::error&) {
  session_context::leave(context_->manager, *this);
}

void heartbeat_manager::on_test_request(base::time_point asked) {
  watch_.asked(asked);
  process::tell(*this, context_->client, answer_heartbeat{});
}

void heartbeat_manager::on_written(base::time_point written) {
  const auto span = watch_.answered(written);
  if (!span)
    return;
  auto& counters = context_->outside.record->counters;
  counters.answer_time.record(*span);
  if (!watch_.missed(*span))
    return;
  counters.heartbeats_missed.fetch_add(1, std::memory_order_relaxed);
  context_->notify(kind::heartbeat_missed, now(), "a heartbeat was answered too late",
                   {{"late_ms", fmt::to_string(to_ms(*span))}});
}

void heartbeat_manager::look() {
  const auto at = now();
  // No link is open: waiting for a turn and dialing have limits of their own.
  if (context_->outside.record->counters.last_frame_ns.load(std::memory_order_relaxed) == 0) {
    look_timer_ = after(std::chrono::seconds{1}, [this] { look(); });
    return;
  }
  switch (watch_.look(last_frame(), at.steady)) {
  case watch_verdict::fine:
    break;
  case watch_verdict::probe:
    process::tell(*this, context_->client, send_probe{});
    break;
  case watch_verdict::silent: {
    const auto quiet = at.steady - last_frame();
    context_->notify(kind::silent, at, "the socket is open, but nothing came through it",
                     {{"silent_ms", fmt::to_string(to_ms(quiet))},
                      {"limit_ms", fmt::to_string(to_ms(watch_.limits().silence_limit))}});
    process::tell_urgent(*this, context_->client, connection_silent{quiet});
    return;
  }
  }
  arm();
}

void heartbeat_manager::arm() {
  const auto wait = watch_.next_look(last_frame()) - now().steady;
  look_timer_ = after(std::max<base::duration>(wait, std::chrono::milliseconds{1}), [this] { look(); });
}

base::time_point heartbeat_manager::last_frame() const {
  const auto ns = context_->outside.record->counters.last_frame_ns.load(std::memory_order_relaxed);
  return base::time_point{std::chrono::duration_cast<base::duration>(std::chrono::nanoseconds{ns})};
}

} // namespace cafnode::session
