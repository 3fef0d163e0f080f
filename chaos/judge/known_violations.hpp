#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace cafnode::chaos {

/// A rule that the order path breaks today, and how.
struct known_violation {
  std::string_view rule;
  std::string_view how;
};

/// What the order ledger has to mend. Whoever mends one takes it out: a test fails when it is not seen any more.
inline constexpr std::array known_violations{
    known_violation{"fill_told_twice", "each connection of an account tells the fills of all the others"},
    known_violation{"fill_untold", "a fill of an order that stays open, while its gate or its link was away"},
};

[[nodiscard]] inline bool is_known(std::string_view rule) {
  return std::ranges::find(known_violations, rule, &known_violation::rule) != known_violations.end();
}

} // namespace cafnode::chaos
