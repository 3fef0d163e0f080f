#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::chaos {

/// One fill as the exchange logged it. Amounts are hundred-millionths.
struct logged_fill {
  std::int64_t at_us = 0;
  std::string trade_id;
  std::int64_t amount = 0;
};

/// One order as the exchange logged it, from beginning to end.
struct logged_order {
  std::string order_id;
  std::string account;
  std::string label;
  std::int64_t placed_us = 0;
  std::int64_t changed_us = 0; // for the last time
  std::int64_t over_us = -1;   // -1: it lives
  std::string end;             // "filled", "cancelled", ...; empty: it lives
  std::string reason;
  std::int64_t amount = 0;
  std::int64_t filled = 0;
  std::vector<logged_fill> fills;

  [[nodiscard]] bool lives() const noexcept { return over_us < 0; }
};

/// What the exchange's audit log says of a whole life.
struct exchange_story {
  std::map<std::string, logged_order, std::less<>> orders;                   // by id
  std::map<std::string, std::vector<std::string>, std::less<>> ids_by_label; // labels that were given
  std::map<std::string, std::size_t, std::less<>> counts;                    // of lines, by kind
  std::vector<std::string> unread; // lines of kinds that the judge does not know: it must claim every line

  /// The order of this label; null: never placed. The first, if there are several.
  [[nodiscard]] const logged_order* find(std::string_view label) const;
};

/// Reads a whole log, a JSON object a line.
[[nodiscard]] exchange_story read_audit(std::string_view log);

} // namespace cafnode::chaos
