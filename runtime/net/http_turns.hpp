#pragma once

#include "runtime/net/asio_types.hpp"

#include <deque>
#include <functional>
#include <memory>

namespace cafnode::net {

/// Turns for requests that can wait: one of them is served in each pass of the loop, so that whoever asks for the
/// node's health never waits behind the work of a crowd. One thread, that of the executor.
class http_turns : public std::enable_shared_from_this<http_turns> {
public:
  explicit http_turns(io_executor executor) : executor_{std::move(executor)} {}

  /// Calls `next` once, not from within this call. Whoever waits already goes first. False says that its client has
  /// gone: the turn is the next one's, so that those who left do not pile up.
  void await(std::function<bool()> next);

private:
  void turn();

  io_executor executor_;
  std::deque<std::function<bool()>> waiting_; // each client waits for one turn at most
  bool turning_ = false;
};

} // namespace cafnode::net
