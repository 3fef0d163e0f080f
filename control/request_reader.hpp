#pragma once

#include "actors/session/order_messages.hpp"
#include "control/api_fault.hpp"
#include "control/control_actions.hpp"
#include "control/request_text.hpp"
#include "runtime/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reads what a request asks for. Every input may be hostile: a fault names the field and what it may be.
namespace cafnode::control {

template<class Value>
using reading = base::result<Value, api_fault>;

/// Rows of a list's page: unless the request says otherwise, and at most.
inline constexpr std::uint64_t page_rows_default = 1'000;
inline constexpr std::uint64_t page_rows_max = 10'000;

/// A whole number of the query within [low, high]; `otherwise` when it is absent.
[[nodiscard]] reading<std::uint64_t> read_count(const net::http_request& request, std::string_view name,
                                                std::uint64_t otherwise, std::uint64_t low, std::uint64_t high);

/// `timeout_ms` of the query, 1 to 60,000; 5,000 when it is absent.
[[nodiscard]] reading<std::chrono::milliseconds> read_deadline(const net::http_request& request);

/// A text of the query that can name such a thing; empty when it is absent.
[[nodiscard]] reading<std::string> read_text(const net::http_request& request, std::string_view name, text_kind kind);

/// Whether a flag of the query is set: `follow`, `follow=1` or `follow=true`. What is no flag at all was refused.
[[nodiscard]] bool has_flag(const net::http_request& request, std::string_view name);

struct kill_request {
  std::string path;
  kill_how how = kill_how::brutal;
};

[[nodiscard]] reading<kill_request> read_kill(std::string_view body);

struct restart_request {
  std::string path;
  std::optional<supervision::replacement> how; // none: as its spec says
};

[[nodiscard]] reading<restart_request> read_restart(std::string_view body);

/// An order and the connection that it goes to. Prices and amounts are JSON strings: a JSON number would pass through
/// floating point in most programs that write it.
template<class Order>
struct addressed {
  std::string connection;
  Order order;
};

[[nodiscard]] reading<addressed<session::place_order>> read_place(std::string_view body);
[[nodiscard]] reading<addressed<session::edit_order>> read_edit(std::string_view body);

} // namespace cafnode::control
