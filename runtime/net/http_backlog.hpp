#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace cafnode::net {

/// What waits to be written to a streaming client, within a bound. Filled from any thread, emptied by the server's.
class http_backlog {
public:
  static constexpr std::size_t bytes_max = std::size_t{1} << 20U;

  enum class verdict {
    taken, // it will travel with what already waits
    wake,  // taken; the server must be told
    full,  // the client does not read: from now on it counts as gone
    gone   // nobody will read it
  };

  [[nodiscard]] verdict put(std::string_view text);

  /// No more will be put. True the first time, when the server must be told.
  [[nodiscard]] bool finish();

  /// The client has gone.
  void leave();

  /// Everything that waits, which still counts until written().
  [[nodiscard]] std::string take();
  void written();

  /// Whether all is said and taken.
  [[nodiscard]] bool exhausted() const;

private:
  mutable std::mutex mutex_;
  std::string waiting_;
  std::size_t in_flight_ = 0;
  bool finished_ = false;
  bool gone_ = false;
};

} // namespace cafnode::net
