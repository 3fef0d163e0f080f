#pragma once

#include "actors/venues/label_rules.hpp"
#include "actors/venues/machine.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace cafnode::venues {

/// Who begins an exchange of heartbeats.
enum class keep_alive : std::uint8_t {
  answers, // the exchange asks by `test_requested`, and must get `machine::answer_heartbeat`
  asks,    // the machine does, from `tick`, once a heartbeat interval; the exchange asks nothing
};

/// What others must know of a venue, so that none of them names one.
struct venue {
  std::string_view name; // as configurations write it
  std::unique_ptr<machine> (*make)(machine_config config);
  std::int64_t subscribe_credits; // what an account can save up for subscriptions
  std::int64_t query_credits;     // what a query costs of `credits::other`
  venues::keep_alive keep_alive;
  label_rules labels;
};

/// All that this program speaks, each name once.
[[nodiscard]] std::span<const venue> all_venues() noexcept;

/// nullptr where there is none of this name.
[[nodiscard]] const venue* find_venue(std::string_view name) noexcept;

} // namespace cafnode::venues
