#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cafnode::sim {

/// One HTTP request, taken apart. Header names are lower case.
struct http_call {
  std::string method; // "GET"
  std::string target; // "/api/v2/public/test?x=1", as it was sent
  std::string path;   // before the question mark
  std::string query;  // behind it
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool keep_alive = true;

  /// Sets `target` and its parts.
  void aim_at(std::string where);

  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] bool wants_websocket() const;

  /// Whether it was sent to a name of the loopback, and by no web page from elsewhere: such a page can reach the port,
  /// and a name of its own can be made to mean 127.0.0.1.
  [[nodiscard]] bool is_for_loopback() const;
};

/// ASCII letters in lower case, as names of HTTP are compared.
[[nodiscard]] std::string lower_case(std::string_view text);

/// A part of a target or of a query, without its escapes; '+' is a space.
[[nodiscard]] std::string decode_percent(std::string_view text);

} // namespace cafnode::sim
