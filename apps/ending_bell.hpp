#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

namespace cafnode::node {

/// Why a node ends.
enum class ending { asked, tree_gone };

/// Lets the main thread wait for what signals and processes have to say.
class ending_bell {
public:
  /// True when it rang before.
  bool ring(ending why) {
    const std::lock_guard guard{mutex_};
    const bool again = why_.has_value();
    if (!again)
      why_ = why;
    rang_.notify_all();
    return again;
  }

  ending wait() {
    std::unique_lock guard{mutex_};
    rang_.wait(guard, [this] { return why_.has_value(); });
    return *why_;
  }

private:
  std::mutex mutex_;
  std::condition_variable rang_;
  std::optional<ending> why_;
};

} // namespace cafnode::node
