#pragma once

#include "runtime/base/time.hpp"
#include "runtime/base/token_bucket.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cafnode::observe {

struct storm_limit_config {
  base::token_bucket_config each{50, 10}; // lines at once and a second, for each key
  std::size_t keys_max = 512;             // further keys share one budget
};

/// Keeps one message that repeats from drowning the rest. Pure: time is an argument. Not thread-safe.
class storm_limit {
public:
  explicit storm_limit(storm_limit_config config) : config_{config} {}

  /// Whether a line under `key` may pass: the number of those held back since the last that did, or none when this one
  /// is held back, too. A clock that runs backwards counts as one that stands.
  [[nodiscard]] std::optional<std::uint64_t> pass(std::string_view key, base::time_point now);

  [[nodiscard]] std::size_t keys() const noexcept { return budgets_.size(); }

private:
  struct budget {
    base::token_bucket bucket;
    std::uint64_t held_back = 0;
  };

  budget& budget_of(std::string_view key);
  void forget_idle();

  storm_limit_config config_;
  std::unordered_map<std::string, budget> budgets_;
  base::time_point now_{};
};

} // namespace cafnode::observe
