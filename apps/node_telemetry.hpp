#pragma once

#include "runtime/control/event_bridge.hpp"
#include "runtime/observe/metrics.hpp"

#include <memory>

namespace cafnode::node {

/// Everything that happens in the node goes through here: to its events and its tree, to the log and to the
/// metrics. Any thread.
class telemetry final : public supervision::event_sink, public session::notice_sink {
public:
  telemetry(std::shared_ptr<control::event_bridge> events, observe::registry& metrics);

  void publish(const supervision::event& happened) override;
  void publish(const session::notice& happened) override;

private:
  void count(const supervision::event& happened);
  void count(const session::notice& happened);

  std::shared_ptr<control::event_bridge> events_;
  observe::registry& metrics_;
  observe::counter& published_;
};

} // namespace cafnode::node
