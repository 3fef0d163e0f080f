#pragma once

#include "control/event_bridge.hpp"
#include "runtime/observe/metrics.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace cafnode::node {

/// Everything that happens in the node goes through here: to its events and its tree, to the log and to the
/// metrics. Any thread.
class telemetry final : public supervision::event_sink, public session::notice_sink {
public:
  /// `events` keep `tree`.
  telemetry(std::shared_ptr<control::event_bridge> events, std::shared_ptr<const control::tree_view> tree,
            observe::registry& metrics);

  void publish(const supervision::event& happened) override;
  void publish(session::notice happened) override;

private:
  static constexpr std::size_t names_max = 64; // of children, in metrics

  [[nodiscard]] std::string label_of(const supervision::event& happened);
  void count_restart(const supervision::event& happened);
  void count(const supervision::event& happened);
  void count(const session::notice& happened);

  std::shared_ptr<control::event_bridge> events_;
  std::shared_ptr<const control::tree_view> tree_;
  observe::registry& metrics_;
  observe::counter& published_;
  std::mutex mutex_; // guards what follows
  std::set<std::string> named_;
};

} // namespace cafnode::node
