#pragma once

#include <chrono>
#include <cstdint>

namespace cafnode::net {

/// What a client of the HTTP server is about, in the order in which clients give way to a newcomer.
enum class http_doing : std::uint8_t {
  leaving,   // its answer is written; its end of the connection is awaited
  idle,      // no byte of a request has come
  asking,    // a request is coming in
  queued,    // it has come, and others are served first
  reading,   // it is being answered, and takes its time
  waiting,   // its request is being worked on
  following, // a stream
};

struct http_stay {
  http_doing doing = http_doing::idle;
  std::chrono::steady_clock::time_point since;
};

/// Whether `one` gives way before `other`. Those that wait for an answer or follow a stream never give way.
[[nodiscard]] bool gives_way_before(const http_stay& one, const http_stay& other) noexcept;
[[nodiscard]] bool may_give_way(const http_stay& one) noexcept;

} // namespace cafnode::net
