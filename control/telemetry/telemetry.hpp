#pragma once

#include "control/telemetry/event_counts.hpp"
#include "control/tree/tree_view.hpp"
#include "runtime/observe/event_log.hpp"
#include "runtime/observe/log.hpp"

#include <memory>
#include <string_view>

namespace cafnode::control {

/// The one sink of what happens in a node, whoever tells it: it goes to the tree, to the metrics, to the log and,
/// numbered, to the events. Any thread.
class telemetry final : public supervision::event_sink, public session::notice_sink {
public:
  /// `metrics` outlive it.
  telemetry(std::shared_ptr<tree_view> tree, std::shared_ptr<observe::event_log> events, observe::registry& metrics);

  void publish(const supervision::event& happened) override;
  void publish(session::notice happened) override;
  void publish(const config_news& happened);

  /// What the log cannot tell: it is not told to it.
  void publish_beside_log(observe::event happened);

  /// The kind of the event that lines of the log begin to be lost.
  static constexpr std::string_view log_failing = "log_failing";

private:
  void put(const observe::channel& log, observe::level severity, observe::event happened);

  std::shared_ptr<tree_view> tree_;
  std::shared_ptr<observe::event_log> events_;
  event_counts counts_;
  observe::counter& published_;
};

} // namespace cafnode::control
