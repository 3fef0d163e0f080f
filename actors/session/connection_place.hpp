#pragma once

#include "actors/session/connection_seat.hpp"
#include "actors/session/session_context.hpp"
#include "actors/session/wanted.hpp"
#include "runtime/net/tls_source.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace cafnode::session {

/// What the configuration wants of one connection now, and whom it trusts. Any thread.
class wanted_cell {
public:
  struct content {
    std::shared_ptr<const wanted_connection> wanted; // never null
    std::shared_ptr<net::tls_source> trust;          // null: not encrypted
  };

  explicit wanted_cell(content value) : value_{std::move(value)} {}

  [[nodiscard]] content all() const {
    const std::lock_guard guard{mutex_};
    return value_;
  }

  [[nodiscard]] std::shared_ptr<const wanted_connection> get() const { return all().wanted; }

  void set(content value) {
    const std::lock_guard guard{mutex_};
    value_ = std::move(value);
  }

private:
  mutable std::mutex mutex_;
  content value_;
};

/// What of one connection outlives its processes.
struct connection_place {
  std::shared_ptr<connection_seat> seat;    // never null
  std::uint32_t stop_group = 0;             // of its supervisor: all connections of an exchange stop side by side
  std::uint64_t seed = 0;                   // of its jitter
  std::shared_ptr<wanted_cell> wanted;      // never null
  std::shared_ptr<session_context> context; // with the orders; never null
};

} // namespace cafnode::session
