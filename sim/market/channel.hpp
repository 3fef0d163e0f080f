#pragma once

#include "sim/market/listing.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cafnode::sim {

enum class channel_family : std::uint8_t {
  ticker,
  incremental_ticker,
  quote,
  book,
  grouped_book,
  trades,
  user_orders,
  user_trades,
  user_changes,
  user_portfolio,
  user_silent, // user.lock, user.access_log, user.mmp_trigger: can be subscribed, nothing ever comes
  platform_state,
  public_methods_state,
  instrument_state,
  price_index,
  chart,
};

enum class feed_interval : std::uint8_t { raw, ms100, agg2 };

/// A channel's name taken apart.
struct channel {
  channel_family family = channel_family::ticker;
  std::optional<std::size_t> on; // one instrument, else all of `kind` and `currency`
  std::string kind = "any";
  std::string currency = "any"; // of a portfolio, too
  feed_interval interval = feed_interval::raw;
  decimal group; // zero: none
  std::size_t depth = 0;
  std::string index;
  std::int64_t minutes = 0; // of a chart's bar

  /// Private channels, and raw ones of market data.
  [[nodiscard]] bool needs_account() const;
  [[nodiscard]] bool is_user() const;
  [[nodiscard]] bool covers(const listing& at) const;
};

/// Nothing when there is no such channel.
[[nodiscard]] std::optional<channel> parse_channel(std::string_view name, const listings& floor);

} // namespace cafnode::sim
