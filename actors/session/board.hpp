#pragma once

#include "actors/session/phase.hpp"
#include "actors/venues/event.hpp"
#include "runtime/base/time.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::session {

class order_table;

/// A fixed histogram of durations in microseconds: bucket i counts durations up to 2^i us. Lock-free.
class duration_histogram {
public:
  static constexpr std::size_t buckets = 26; // up to 33 s

  void record(base::duration span) noexcept;

  /// The upper edge, in us, of the bucket that holds the given per mille of all; 0 while there is none.
  [[nodiscard]] std::uint64_t quantile_us(unsigned per_mille) const noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept;

  [[nodiscard]] std::uint64_t count_in(std::size_t bucket) const noexcept {
    return counts_[bucket].load(std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t sum_us() const noexcept { return sum_us_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t max_us() const noexcept { return max_us_.load(std::memory_order_relaxed); }

private:
  std::array<std::atomic<std::uint32_t>, buckets> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
  std::atomic<std::uint64_t> max_us_{0};
};

/// What a connection counts about itself. Written by its own thread, read by any; each figure stands alone.
struct connection_counters {
  std::atomic<std::uint64_t> frames_in{0};
  std::atomic<std::uint64_t> bytes_in{0};
  std::atomic<std::uint64_t> frames_out{0};
  std::atomic<std::uint64_t> heartbeats_asked{0};
  std::atomic<std::uint64_t> heartbeats_answered{0};
  std::atomic<std::uint64_t> heartbeats_missed{0};    // asked, and the answer was late or never sent
  std::atomic<std::uint64_t> heartbeats_by_client{0}; // answered by the client while its manager was away
  std::atomic<std::uint64_t> probes_sent{0};          // asked for a sign of life because of a silence
  std::atomic<std::uint64_t> protocol_faults{0};      // of all kinds
  std::array<std::atomic<std::uint64_t>, venues::fault_kinds> faults_by_kind{};
  std::atomic<std::uint64_t> opens{0};      // dials begun
  std::atomic<std::uint64_t> settings{0};   // the version of the configuration that it has taken over
  std::atomic<std::uint64_t> holds_seen{0}; // of hold_orders: the gate had come as far when it began none after it
  std::atomic<std::uint64_t> lives{0};      // times `live` was reached
  std::atomic<std::uint64_t> orders_sent{0};
  std::atomic<std::uint32_t> orders_open{0};
  std::atomic<std::uint32_t> orders_in_doubt{0};
  std::atomic<std::int64_t> matching_left{0}; // requests, of this connection's share
  std::atomic<std::int64_t> credits_left{0};
  std::atomic<std::int64_t> last_frame_ns{0}; // base::clock, since its epoch; 0: none yet
  duration_histogram answer_time;             // test_request in to public/test out
  duration_histogram round_trip;              // public/test out to its reply in
};

/// The latest close of a connection, for the operator.
struct last_close {
  std::string cause; // net::close_cause by name, or ours: "silent", "refused", "closed by operator"
  std::uint16_t code = 0;
  std::string text;
  base::moment at;
};

/// A connection as the board shows it.
struct connection_view {
  std::string name;     // "alpha"
  std::string exchange; // "deribit"
  std::string path;     // supervisor path, "tokyo/deribit/alpha"
  session::phase phase = phase::idle;
  base::moment since;
  std::string cause;             // why it is in this phase
  std::uint64_t incarnation = 0; // of the client; counts its starts
  last_close closed;             // cause empty: never closed
};

/// One connection's place on the board. Thread-safe.
class connection_record {
public:
  connection_record(std::string name, std::string exchange, std::string path);

  connection_counters counters;

  // Written by the session.
  void set_phase(phase value, base::moment at, std::string cause);
  void set_closed(last_close closed);
  void set_client(const caf::actor& client); // a new incarnation; its gate is forgotten
  void set_gate(const caf::actor& gate);
  void set_orders(std::shared_ptr<const order_table> orders);

  // Written by who changes the configuration, read by the gate.

  /// From now on no order begins on this connection, which is about to go or is not sure to stay; or it may again.
  void hold_orders(bool held) noexcept { held_.store(held); }

  [[nodiscard]] bool orders_held() const noexcept { return held_.load(); }

  // Read by anybody.
  [[nodiscard]] const std::string& name() const noexcept { return view_.name; } // never changes

  [[nodiscard]] const std::string& exchange() const noexcept { return view_.exchange; } // never changes

  [[nodiscard]] connection_view view() const;
  [[nodiscard]] caf::actor client() const; // null when it is not running
  [[nodiscard]] caf::actor gate() const;   // null when it is not running

  /// The orders that the connection knows, whether it is up or not; null before its first start. Only to be copied.
  [[nodiscard]] std::shared_ptr<const order_table> orders() const;

private:
  mutable std::mutex mutex_;
  connection_view view_;
  caf::actor_addr client_;
  caf::actor_addr gate_;
  std::shared_ptr<const order_table> orders_;
  std::atomic<bool> held_{false};
};

/// All connections of this node by name: written by sessions, read by the control API and metrics, so that no reader
/// ever has to ask an actor. Bounded by the configuration that names them.
class board {
public:
  /// The record of `name`, made at its first use and kept across restarts.
  std::shared_ptr<connection_record> open(const std::string& name, const std::string& exchange,
                                          const std::string& path);

  /// Puts this record in the row of its name, whatever was there.
  void show(std::shared_ptr<connection_record> record);

  /// Takes the row of `name` away; who holds the record keeps it.
  void close(std::string_view name);

  [[nodiscard]] std::shared_ptr<connection_record> find(std::string_view name) const; // null when there is none
  [[nodiscard]] std::vector<std::shared_ptr<connection_record>> all() const;          // by name

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<connection_record>, std::less<>> records_;
};

} // namespace cafnode::session
