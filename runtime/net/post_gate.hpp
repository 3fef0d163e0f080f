#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <mutex>
#include <utility>

namespace cafnode::net {

/// Lets other threads post to an io_context for as long as its owner keeps the gate open. Any thread.
class post_gate {
public:
  explicit post_gate(boost::asio::io_context& io) : io_{&io} {}

  /// False, and `task` dropped, once the gate is shut.
  template<class Task>
  bool post(Task task) {
    const std::lock_guard lock{mutex_};
    if (io_ == nullptr)
      return false;
    boost::asio::post(*io_, std::move(task));
    return true;
  }

  void shut() {
    const std::lock_guard lock{mutex_};
    io_ = nullptr;
  }

private:
  std::mutex mutex_;
  boost::asio::io_context* io_;
};

} // namespace cafnode::net
