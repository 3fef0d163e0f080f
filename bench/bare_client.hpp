#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace cafnode::bench {

/// What we are measured against: plain Beast, one thread, answering in the read handler. It looks for the words of a
/// test request in each frame, which is the least that any client does, and writes a prepared answer.
class bare_client {
public:
  explicit bare_client(std::uint16_t port);
  ~bare_client();
  bare_client(const bare_client&) = delete;
  bare_client& operator=(const bare_client&) = delete;

  /// Connects `count` sockets to `path`. Before `run`.
  void connect(const std::string& path, std::size_t count);

  /// Starts the thread.
  void run();

private:
  struct machinery;

  std::unique_ptr<machinery> machinery_;
};

} // namespace cafnode::bench
