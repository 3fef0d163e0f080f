#pragma once

#include "actors/venues/machine.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// What Deribit fixes: addresses, limits, costs. Sources: docs.deribit.com (API reference, articles rate-limits and
/// connection-management-best-practices), compared 2026-11-22.
namespace cafnode::deribit {

inline constexpr std::string_view production_url = "wss://www.deribit.com/ws/api/v2";
inline constexpr std::string_view test_url = "wss://test.deribit.com/ws/api/v2";

/// The shortest heartbeat interval that the exchange takes; less is answered -32602 "value must be >= 10".
inline constexpr std::chrono::seconds heartbeat_interval_min{10};

/// The close code of a connection that did not answer a test request; its reason is "heartbeat close" (measured on the
/// production socket, 2026-09-22).
inline constexpr std::uint16_t heartbeat_close_code = 4000;

/// A request beyond this is answered -32600 "request entity too large".
inline constexpr std::size_t request_bytes_max = 32 * 1024;

/// What the exchange suggests for one subscribe call.
inline constexpr std::size_t channels_per_call_max = 500;

/// What an account can save up for subscriptions, in credits; they come back as fast as those for other requests.
inline constexpr std::int64_t subscribe_pool = 30'000;

/// What a query costs.
inline constexpr std::int64_t query_credits = 500;

/// Our own bound for one connection: ten calls, what the subscription budget holds without waiting.
inline constexpr std::size_t channels_max = 10 * channels_per_call_max;

inline constexpr std::size_t label_bytes_max = 64;

/// The largest page of a trade query.
inline constexpr std::int64_t trades_per_page_max = 1000;

/// Every request that the machine makes.
enum class request_kind : std::uint8_t {
  authenticate,
  refresh_token,
  set_heartbeat,
  answer_heartbeat,
  enable_cancel_on_disconnect,
  disable_cancel_on_disconnect,
  subscribe_public,
  subscribe_private,
  unsubscribe_public,
  unsubscribe_private,
  buy,
  sell,
  edit,
  cancel,
  cancel_by_label,
  open_orders,
  order_state,
  order_state_by_label,
  trades_of_order,
  trades_of_instrument,
  positions,
  log_out,
};

inline constexpr std::size_t request_kind_count = static_cast<std::size_t>(request_kind::log_out) + 1;

/// The method's name on the wire, for example "private/buy".
[[nodiscard]] std::string_view method_of(request_kind kind) noexcept;

/// What a request costs. Matching requests count one each against the account's tier (5 per second with a burst of 20
/// at the lowest); others take credits of 50,000 that come back at 10,000 per second. Subscriptions have a pool of
/// their own, 30,000 credits. Heartbeats are asked for before the login, when nobody knows whose they are: free.
[[nodiscard]] venues::request_cost cost_of(request_kind kind) noexcept;

/// Whether the owner of a machine asks for this; the machine asks for the others by itself.
[[nodiscard]] constexpr bool is_owners(request_kind kind) noexcept {
  return kind >= request_kind::buy && kind <= request_kind::positions;
}

/// Whether losing the answer leaves open what happened to an order.
[[nodiscard]] bool changes_orders(request_kind kind) noexcept;

/// The currency under which the exchange files an instrument's orders: what it settles in. "BTC" for BTC-PERPETUAL,
/// "USDC" for ETH_USDC-PERPETUAL and for spot BTC_USDC.
[[nodiscard]] std::string_view currency_of(std::string_view instrument) noexcept;

} // namespace cafnode::deribit
