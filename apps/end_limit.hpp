#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace cafnode::node {

/// Ends the whole process with exit_code::internal unless it stands down in time: a stop comes to its end whatever
/// hangs in it, be it a log that nobody reads.
class end_limit {
public:
  explicit end_limit(std::chrono::milliseconds within);
  end_limit(const end_limit&) = delete;
  end_limit& operator=(const end_limit&) = delete;

  /// Stands down.
  ~end_limit();

private:
  void watch(std::chrono::milliseconds within);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

} // namespace cafnode::node
