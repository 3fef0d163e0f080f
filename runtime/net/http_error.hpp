#pragma once

#include "runtime/net/http_server.hpp"

#include <string_view>

namespace cafnode::net {

/// The one shape of an error, whoever found it: {"error":{"code","message","hint","details"}}, the last two left out
/// when empty. `code` is a stable word, `details` JSON.
[[nodiscard]] http_response http_error(int status, std::string_view code, std::string_view message,
                                       std::string_view hint = {}, std::string_view details = {});

/// What a client gets when all places are taken.
[[nodiscard]] http_response too_many_clients();

/// An answer's status line and the headers that every answer has, and its own; without the length of its body and the
/// empty line behind it.
[[nodiscard]] std::string answer_head(const http_response& response, bool keep_alive);

/// The whole answer as it goes over the wire, for a connection that has no place here; it says `Connection: close`.
[[nodiscard]] std::string closing_answer(const http_response& response);

} // namespace cafnode::net
