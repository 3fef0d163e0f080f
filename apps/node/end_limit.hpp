#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace cafnode::node {

/// Ends the whole process unless it stands down in time: a stop comes to its end whatever hangs in it, be it a log that
/// nobody reads. With exit_code::internal, for that is a bug; with exit_code::temporary where it is still the start
/// that hangs, at a name server, say. Its thread is there from the beginning, for a stop may be asked for when there is
/// no other to be had.
class end_limit {
public:
  end_limit();
  end_limit(const end_limit&) = delete;
  end_limit& operator=(const end_limit&) = delete;

  /// Stands down.
  ~end_limit();

  enum class hangs : std::uint8_t { start, stop };

  /// From now on the time runs, by the first call; `what` is meant to end in it, by the latest. Any thread; never
  /// waits.
  void begin(std::chrono::milliseconds within, hangs what = hangs::stop);

private:
  using time_point = std::chrono::steady_clock::time_point;

  void watch();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<time_point> ends_at_;
  hangs what_ = hangs::stop;
  bool over_ = false;
  std::thread thread_;
};

} // namespace cafnode::node
