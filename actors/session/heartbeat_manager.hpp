#pragma once

#include "actors/session/session_context.hpp"
#include "runtime/process/process_base.hpp"

#include <memory>

namespace cafnode::session {

/// Gets every heartbeat request of one connection, has it answered, and notices silence.
///
/// Accepts: test_request_seen, limits_changed (from the client).
/// Sends:   manager_up, answer_heartbeat, send_probe, connection_silent (to the client).
/// Stops:   when asked; safe to kill at any moment: the client answers by itself until the next one is up, and what was
///          learned of the connection is in the context.
class heartbeat_manager final : public process::process_base {
public:
  heartbeat_manager(caf::actor_config& config, std::shared_ptr<session_context> context);

protected:
  caf::behavior behave() override;
  void on_end(const caf::error& reason) override;

private:
  void look();
  void hear_bytes(base::time_point at);
  void probe(base::time_point now);
  void give_up(base::moment at);
  void arm();

  std::shared_ptr<session_context> context_;
  process::timer look_timer_;
  std::uint64_t bytes_ = 0;  // that had come, of whichever link, at the last look
  std::uint64_t frames_ = 0; // likewise
};

} // namespace cafnode::session
