#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cafnode::net {

/// What is asked of an HTTP server.
struct http_question {
  std::string method = "GET";
  std::string target = "/"; // path and query
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
};

/// Whether a part of it could end its line early, and make a second header or request of the rest: a space or a control
/// character in the method, the target or a header's name, a control character in a header's value.
[[nodiscard]] bool is_forged(const http_question& question) noexcept;

/// Whether the text holds neither a space nor a control character.
[[nodiscard]] bool is_one_word(std::string_view text) noexcept;

/// The request as it goes over the line, HTTP/1.1, for a connection of its own.
[[nodiscard]] std::string request_text(const http_question& question, std::string_view host_field);

} // namespace cafnode::net
