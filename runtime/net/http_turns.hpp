#pragma once

#include "runtime/net/asio_types.hpp"

#include <deque>
#include <functional>
#include <memory>

namespace cafnode::net {

/// Turns for clients that have sent their next requests before the answer to the last: one of them is served in each
/// pass of the loop, so that whoever asks one thing at a time, for the node's health most of all, goes before them.
/// One thread, that of the executor.
class http_turns : public std::enable_shared_from_this<http_turns> {
public:
  explicit http_turns(io_executor executor) : executor_{std::move(executor)} {}

  /// Calls `next` once, not from within this call. Whoever waits already goes first.
  void await(std::function<void()> next);

private:
  void turn();

  io_executor executor_;
  std::deque<std::function<void()>> waiting_; // each client waits for one turn at most
  bool turning_ = false;
};

} // namespace cafnode::net
