#pragma once

#include "actors/session/notice.hpp"
#include "control/push/config_news.hpp"
#include "runtime/observe/metrics.hpp"
#include "supervisors/event.hpp"

#include <cstddef>
#include <mutex>
#include <set>
#include <string>

namespace cafnode::control {

/// What is counted of what happens: the metrics that are no reading. Any thread.
class event_counts {
public:
  /// `metrics` outlive it.
  explicit event_counts(observe::registry& metrics) : metrics_{metrics} {}

  /// A supervisor is told by its role.
  void count(const supervision::event& happened);
  void count(const session::notice& happened);
  void count(const config_news& happened);

  static constexpr std::size_t names_max = 64; // of children; those that come later are "other"

private:
  [[nodiscard]] std::string label_of(const supervision::event& happened);
  void count_restart(const supervision::event& happened);

  observe::registry& metrics_;
  std::mutex mutex_; // guards what follows
  std::set<std::string> named_;
};

} // namespace cafnode::control
