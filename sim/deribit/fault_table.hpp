#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/time.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// What can be made to go wrong. The first group happens at once; the others last until they are used up, their time is
/// over or they are taken away.
enum class fault_type : std::uint8_t {
  close,
  garble,
  test_request_storm,
  expire_tokens,
  // lasting
  mute,
  freeze,
  delay,
  drop_acks,
  duplicate_replies,
  delay_events,
  duplicate_events,
  reorder_events,
  lose_events,
  refuse_auth,
  refuse_upgrade,
  ignore_upgrade,
  rate_limit,
  reject_next,
  late_cod,
  no_cod,
  query_lag,
  maintenance,
  settlement,
  gap,
  ignore_test,
  execute_late,
  stop_heartbeats,
  clock_offset,
  count_of_types
};

[[nodiscard]] std::string_view name_of(fault_type type) noexcept;
[[nodiscard]] std::optional<fault_type> fault_named(std::string_view name) noexcept;
[[nodiscard]] bool is_immediate(fault_type type) noexcept;

/// Whom a fault hits: one connection, one account's connections, or everybody.
struct fault_target {
  std::uint64_t connection = 0;
  std::string account;

  [[nodiscard]] bool hits(std::uint64_t candidate, std::string_view its_account) const noexcept;
};

struct fault_spec {
  fault_type type = fault_type::close;
  fault_target target;
  boost::json::object params; // what the type needs: ms, code, status, how, shape, ...
  std::int64_t count = 0;     // how often it strikes; 0: until its time is over
  std::int64_t for_ms = 0;    // how long it lasts; 0: until it is taken away
  std::int64_t at_ms = 0;     // in a file: when it starts, counted from the start of the program

  [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t otherwise) const;
  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const;
};

/// `{type, target, params, count, for_ms, at_ms}`; the fault says which field is wrong and what it may be.
[[nodiscard]] base::result<fault_spec, std::string> read_fault(const boost::json::object& given);

struct active_fault {
  std::uint64_t id = 0;
  fault_spec spec;
  base::time_point since{};
  std::int64_t left = 0; // strikes left; meaningless when spec.count is 0
  std::int64_t struck = 0;
};

/// The faults that are under way. Pure: time is an argument.
class fault_table {
public:
  static constexpr std::size_t active_max = 1000;

  /// The id of the new fault; 0 when `active_max` are under way.
  std::uint64_t add(fault_spec spec, base::time_point now);
  bool remove(std::uint64_t id);

  /// Whether any fault of `type` is under way at all: a cheap question for the hot path.
  [[nodiscard]] bool any(fault_type type) const noexcept { return counts_[static_cast<std::size_t>(type)] > 0; }

  /// The first fault of `type` that hits; looking does not use it up.
  [[nodiscard]] const fault_spec* look(fault_type type, std::uint64_t connection, std::string_view account) const;

  /// The same, and one strike of it is used. A copy, since the last strike ends it.
  std::optional<fault_spec> strike(fault_type type, std::uint64_t connection, std::string_view account);

  /// Takes out those whose time is over or whose strikes are used up.
  std::vector<active_fault> take_ended(base::time_point now);

  [[nodiscard]] const std::vector<active_fault>& active() const noexcept { return active_; }

private:
  std::vector<active_fault> active_;
  std::array<std::uint32_t, static_cast<std::size_t>(fault_type::count_of_types)> counts_{};
  std::uint64_t next_id_ = 1;
};

[[nodiscard]] boost::json::object describe_fault(const active_fault& fault);

} // namespace cafnode::sim
