#pragma once

#include "actors/session/heartbeat_watch.hpp"
#include "actors/session/session_context.hpp"
#include "runtime/process/process_base.hpp"

#include <memory>

namespace cafnode::session {

/// Gets every heartbeat request of one connection, has it answered, measures the answers, and notices silence.
///
/// Accepts: test_request_seen, heartbeat_written (from the client).
/// Sends:   manager_up, answer_heartbeat, send_probe, connection_silent (to the client).
/// Stops:   when asked; safe to kill at any moment: the client answers by itself until the next one is up.
class heartbeat_manager final : public process::process_base {
public:
  heartbeat_manager(caf::actor_config& config, std::shared_ptr<session_context> context);

protected:
  caf::behavior behave() override;
  void on_end(const caf::error& reason) override;

private:
  void on_test_request(base::time_point asked);
  void on_written(base::time_point written);
  void look();
  void arm();
  [[nodiscard]] base::time_point last_frame() const;

  std::shared_ptr<session_context> context_;
  heartbeat_watch watch_;
  process::timer look_timer_;
};

} // namespace cafnode::session
