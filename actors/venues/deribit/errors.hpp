#pragma once

#include "actors/venues/disposition.hpp"

#include <span>
#include <string_view>

namespace cafnode::deribit {

/// One line of the exchange's error table.
struct error_rule {
  int code = 0;
  std::string_view name;                    // as the exchange writes it, without the values it appends
  venues::disposition meaning{};            // for anything that changes no order
  venues::disposition meaning_for_orders{}; // for buy, sell, edit and cancels
};

/// Every code that a client meets, by code. Source: the exchange's RPC error table; where its errors article differs,
/// no frame from the wire agrees with the article.
[[nodiscard]] std::span<const error_rule> error_table() noexcept;

/// The line of `code`; nullptr when the table has none.
[[nodiscard]] const error_rule* find_error(int code) noexcept;

/// What an error means for whoever asked. `reason` is `data.reason` of a parameter error, else empty: -32602 is our bug
/// except where it speaks of a tick or a contract size. A code that is not in the table means `unknown` for a request
/// that changes orders, since it may have happened, and `retry` for any other.
[[nodiscard]] venues::disposition disposition_of(int code, std::string_view reason, bool changes_orders) noexcept;

inline constexpr int code_too_many_requests = 10028;
inline constexpr int code_unauthorized = 13009;
inline constexpr int code_cancel_on_disconnect_off = 13042;

} // namespace cafnode::deribit
