#include "runtime/net/http_connection.hpp"

namespace cafnode::net {

/// How much of an answer waits here for its reader.
void http_connection::holds(std::size_t unread) {
  shared_->unread += unread - unread_;
  unread_ = unread;
}

/// Whoever asks for much and reads nothing costs the slowest of those who do alike, and the process nothing.
void http_connection::make_room_for_answer() {
  while (shared_->unread > shared_->options.unread_bytes_max) {
    http_connection* slowest = nullptr;
    for (auto* each : shared_->live)
      if (each != this && each->unread_ > 0 && (slowest == nullptr || each->stay_.since < slowest->stay_.since))
        slowest = each;
    if (slowest == nullptr)
      return;
    slowest->drop();
  }
}

} // namespace cafnode::net
