#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace cafnode::node {

/// Ends the whole process with exit_code::internal unless it stands down in time: a stop comes to its end whatever
/// hangs in it, be it a log that nobody reads. Its thread is there from the beginning, for a stop may be asked for when
/// there is no other to be had.
class end_limit {
public:
  end_limit();
  end_limit(const end_limit&) = delete;
  end_limit& operator=(const end_limit&) = delete;

  /// Stands down.
  ~end_limit();

  /// From now on the time runs; only the first call counts. Any thread; never waits.
  void begin(std::chrono::milliseconds within);

private:
  using time_point = std::chrono::steady_clock::time_point;

  void watch();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<time_point> ends_at_;
  bool over_ = false;
  std::thread thread_;
};

} // namespace cafnode::node
