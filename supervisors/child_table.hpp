#pragma once

#include "runtime/base/backoff.hpp"
#include "runtime/base/time.hpp"
#include "supervisors/child_spec.hpp"
#include "supervisors/end_reason.hpp"
#include "supervisors/event.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cafnode::supervision {

/// Names one child of one supervisor for as long as it is known; never used again. Ascending in start order, from 1.
using slot_key = std::uint64_t;

/// One incarnation of one child. A notice with an older incarnation is about a process that was given up long ago.
struct child_ref {
  slot_key slot = 0;
  std::uint64_t incarnation = 0;

  friend bool operator==(const child_ref&, const child_ref&) = default;
};

/// All that a supervisor remembers of one child.
struct child_record {
  slot_key slot = 0;
  child_spec spec;
  child_state state = child_state::stopped; // `waiting` is OTP's restarting
  std::uint64_t incarnation = 0;            // start attempts so far
  std::uint64_t restarts = 0;
  std::uint64_t job = 0;           // the job that waits for its start or its stop; 0: none
  std::uint64_t started_order = 0; // of the running incarnation, against its siblings
  bool has_process = false;
  bool killed = false;             // a kill is on its way
  bool delayed = false;            // waiting for a timer rather than for a message
  std::optional<end_reason> ended; // it ended while running, and that has not been dealt with
  end_reason last;
  std::optional<base::backoff> pace;
  std::optional<base::time_point> up_since;

  [[nodiscard]] child_ref ref() const noexcept { return {slot, incarnation}; }
};

/// How many children there are; OTP's four figures.
struct children_count {
  std::size_t specs = 0;
  std::size_t active = 0;
  std::size_t supervisors = 0;
  std::size_t workers = 0;

  friend bool operator==(const children_count&, const children_count&) = default;
};

/// The children of one supervisor in start order. Finding is by slot or by id; counting costs nothing.
class child_table {
public:
  /// Appends a child that is stopped. The id must be free.
  child_record& add(child_spec spec);
  void remove(slot_key slot);

  [[nodiscard]] child_record* find(slot_key slot) noexcept;
  [[nodiscard]] const child_record* find(slot_key slot) const noexcept;
  /// Null when the child is gone or has had another incarnation since.
  [[nodiscard]] child_record* find(child_ref who) noexcept;
  [[nodiscard]] child_record* find(const std::string& id) noexcept;
  [[nodiscard]] const child_record* find(const std::string& id) const noexcept;

  void set_state(child_record& child, child_state state);
  void set_ended(child_record& child, std::optional<end_reason> reason);

  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

  [[nodiscard]] const children_count& count() const noexcept { return count_; }

  /// In start order; `from` on.
  [[nodiscard]] std::vector<slot_key> slots(slot_key from = 0) const;

  [[nodiscard]] std::map<slot_key, child_record>& records() noexcept { return records_; }

  [[nodiscard]] const std::map<slot_key, child_record>& records() const noexcept { return records_; }

private:
  static bool is_active(const child_record& child) noexcept;

  std::map<slot_key, child_record> records_;
  std::unordered_map<std::string_view, slot_key> ids_; // views into the records' own ids
  slot_key last_slot_ = 0;
  children_count count_;
};

} // namespace cafnode::supervision
