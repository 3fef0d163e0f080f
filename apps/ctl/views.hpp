#pragma once

#include "apps/ctl/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>

/// What the node answered, as text for a person. Pure: JSON and a look in, text out. An answer of an unexpected shape
/// shows as dashes; it never ends the program.
namespace cafnode::ctl {

using boost::json::value;

/// `status` is the body of /api/v1/status, `connections` that of /api/v1/connections (null: left out).
[[nodiscard]] std::string status_text(const value& status, const value& connections, const look& how);

/// The same in one line, for a log.
[[nodiscard]] std::string status_line(const value& status);

[[nodiscard]] std::string connections_text(const value& connections, const look& how);
[[nodiscard]] std::string connection_text(const value& connection, const look& how);
[[nodiscard]] std::string event_line(const value& event, const look& how);
[[nodiscard]] std::string orders_text(const value& orders, const look& how);
[[nodiscard]] std::string order_outcome_text(const value& outcome, const look& how);

/// The string at a JSON pointer, made printable; numbers and truths spelt; "-" when nothing is there.
[[nodiscard]] std::string text_at(const value& from, std::string_view pointer);

/// The whole number at a JSON pointer; 0 when there is none.
[[nodiscard]] std::int64_t count_at(const value& from, std::string_view pointer);

/// The list at a JSON pointer; an empty one when there is none.
[[nodiscard]] const boost::json::array& list_at(const value& from, std::string_view pointer);

/// The colour of a phase or state.
[[nodiscard]] tint state_tint(std::string_view state);

} // namespace cafnode::ctl
