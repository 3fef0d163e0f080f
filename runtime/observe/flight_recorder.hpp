#pragma once

#include "runtime/base/bounded_queue.hpp"
#include "runtime/base/time.hpp"
#include "runtime/observe/field.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cafnode::observe {

/// One thing that an actor did or met.
struct flight_entry {
  base::moment at;
  std::string what;
  field_list fields;
};

/// The last entries of one actor. Any thread; the lock is the ring's own, so actors do not wait for each other.
class flight_ring {
public:
  flight_ring(std::string label, std::size_t entries_max);

  void record(const base::moment& at, std::string_view what, field_list fields = {});

  /// What is there, oldest first.
  [[nodiscard]] std::vector<flight_entry> entries() const;

  /// Entries that are no more, because newer ones took their place.
  [[nodiscard]] std::uint64_t overwritten() const;

  [[nodiscard]] const std::string& label() const noexcept { return label_; }

private:
  std::string label_;
  mutable std::mutex mutex_;
  base::bounded_queue<flight_entry> entries_;
};

struct flight_recorder_config {
  std::size_t entries_max = 64; // of each actor
  std::size_t labels_max = 8192;
};

/// The rings of all actors, to be looked at when one escalates. A ring outlives its actor until its place is needed:
/// then the one that was asked for longest ago goes. Any thread.
class flight_recorder {
public:
  explicit flight_recorder(flight_recorder_config config);

  /// The ring of `label`, kept across restarts of its actor; keep the handle.
  [[nodiscard]] std::shared_ptr<flight_ring> ring(std::string_view label);

  /// The ring of `label` if there is one.
  [[nodiscard]] std::shared_ptr<const flight_ring> find(std::string_view label) const;

  [[nodiscard]] std::size_t labels() const;

private:
  flight_recorder_config config_;
  mutable std::mutex mutex_;
  std::list<std::shared_ptr<flight_ring>> rings_; // asked for longest ago first
  std::unordered_map<std::string, std::list<std::shared_ptr<flight_ring>>::iterator> by_label_;
};

/// The entries of a ring as a JSON array of {at, what, fields}.
[[nodiscard]] std::string to_json(const flight_ring& ring);

} // namespace cafnode::observe
