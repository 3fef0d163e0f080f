#include "actors/session/heartbeat_manager.hpp"

#include "actors/session/counting.hpp"
#include "actors/session/messages.hpp"
#include "runtime/process/tell.hpp"

namespace cafnode::session {

heartbeat_manager::heartbeat_manager(caf::actor_config& config, std::shared_ptr<session_context> context)
    : process_base{config, context->config.path + "/heartbeat_manager"}, context_{std::move(context)} {}

caf::behavior heartbeat_manager::behave() {
  context_->manager = caf::actor_cast<caf::actor>(this);
  process::tell(*this, context_->client, manager_up{context_->manager});
  arm();
  return {
      [this](limits_changed) { arm(); },
      [this](test_request_seen) { process::tell(*this, context_->client, answer_heartbeat{}); },
  };
}

/// A large message that is still coming in, and pings, are signs of life too.
void heartbeat_manager::hear_bytes(base::time_point at) {
  if (context_->links == nullptr)
    return;
  const auto bytes = context_->links->bytes_received();
  const auto frames = context_->outside.record->counters.frames_in.load(std::memory_order_relaxed);
  const bool only_bytes = bytes != bytes_ && frames == frames_;
  bytes_ = bytes;
  frames_ = frames;
  if (only_bytes)
    context_->pulse.stirred(at);
}

void heartbeat_manager::look() {
  const auto at = now();
  hear_bytes(at.steady);
  switch (context_->pulse.look(at.steady)) {
  case pulse_verdict::fine:
    break;
  case pulse_verdict::probe_early:
    // It is charged when it goes out, as everything that the machine sends.
    if (context_->spending.can_spare(context_->config.query_credits, at.steady))
      probe(at.steady);
    else
      context_->pulse.cannot_afford(at.steady);
    break;
  case pulse_verdict::probe:
    probe(at.steady);
    break;
  case pulse_verdict::silent:
    return give_up(at);
  }
  arm();
}

void heartbeat_manager::probe(base::time_point now) {
  context_->pulse.probed(now);
  count(context_->outside.record->counters.probes_sent);
  process::tell(*this, context_->client, send_probe{});
}

void heartbeat_manager::give_up(base::moment at) {
  const auto quiet = context_->pulse.quiet(at.steady);
  context_->notify(fact::silent{quiet, context_->config.heartbeat.silence_limit}, at,
                   "the socket is open, but nothing comes through it, not even an answer");
  process::tell_urgent(*this, context_->client, connection_silent{quiet});
}

void heartbeat_manager::arm() {
  const auto at = now().steady;
  look_timer_ = after(context_->pulse.next_look(at) - at, [this] { look(); });
}

void heartbeat_manager::on_end(const caf::error&) {
  context_->pulse.unwatched();
  session_context::leave(context_->manager, *this);
}

} // namespace cafnode::session
