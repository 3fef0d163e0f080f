#pragma once

#include "runtime/base/decimal.hpp"
#include "runtime/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::chaos {

/// How much of everything lives have.
struct life_size {
  std::size_t connections = 6;
  std::size_t operations = 100;
  std::size_t faults = 10;
  std::chrono::milliseconds span{10'000}; // then all heals, and rest is awaited
};

enum class user_act : std::uint8_t { place, edit, cancel };

/// What a user asks for.
struct user_operation {
  std::chrono::microseconds at{};
  user_act act = user_act::place;
  std::size_t connection = 0;
  std::size_t aims_at = 0; // edit, cancel: counts back over the orders that this connection has placed by then
  bool buys = true;
  std::int64_t ticks_away = 0; // from the market, on the passive side; negative: it takes
  base::decimal amount;
  bool post_only = false;
  bool reduce_only = false;
  bool immediate = false; // or cancel
};

enum class fault_kind : std::uint8_t {
  cut,            // the connection breaks
  hold,           // nothing comes through for a while
  kill_client,    // an actor is killed
  kill_manager,   //
  kill_gate,      //
  stop_node,      // the process stands still for a while
  exchange_fault, // one of the simulator's own
  refuse_dials,   // nobody listens for a while
  swallow_dials,  // what dials send is swallowed for a while
  others_fill,    // somebody trades against an open order
  others_cancel,  // the exchange cancels one for reasons of its own
};

inline constexpr std::size_t fault_kinds = 11;

[[nodiscard]] std::string_view to_string(fault_kind kind) noexcept;

struct planned_fault {
  std::chrono::microseconds at{};
  fault_kind kind = fault_kind::cut;
  std::size_t connection = 0;
  std::chrono::milliseconds lasts{}; // 0: at once
  std::string type;                  // of an exchange_fault, with its params as JSON
  std::string params;
};

/// One whole life as data: what is, what users ask for, what breaks. Made from a seed by streams that do not touch each
/// other, so that taking one part out leaves the others as they were.
struct life_plan {
  std::uint64_t seed = 0;
  life_size size;
  std::uint64_t exchange_seed = 0; // of the market, the lines and the exchange's own chance
  std::uint64_t node_seed = 0;     // of jitter and nonces
  std::uint64_t order_seed = 0;    // of who runs first when several could
  std::chrono::microseconds travel_least{};
  std::chrono::microseconds travel_most{};
  std::string exchange_settings;          // JSON
  std::vector<std::size_t> accounts;      // of each connection
  std::vector<user_operation> operations; // by time
  std::vector<planned_fault> faults;      // by time
};

[[nodiscard]] life_plan plan_of(std::uint64_t seed, const life_size& size);

/// As text, a line for each thing, for people.
[[nodiscard]] std::string to_text(const life_plan& plan);

} // namespace cafnode::chaos
