#pragma once

#include "apps/ctl/fault.hpp"
#include "conf/node_config.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/secret.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::ctl {

/// Where the node's control API listens.
struct node_address {
  std::string host = "127.0.0.1";
  std::uint16_t port = conf::control_config{}.port;
  std::string socket;                          // path of a unix socket, instead
  bool encrypted = false;                      // https://
  std::shared_ptr<const net::tls_context> tls; // where encrypted
  base::secret token;                          // empty: none
  bool guessed = false;                        // nobody said where, and no socket of a node was there

  [[nodiscard]] std::string text() const;
};

/// Reads "HOST:PORT", "HOST" or "[V6]:PORT", with or without "http://" or "https://" before it; "/PATH" and
/// "unix:/PATH" are unix sockets.
[[nodiscard]] std::optional<node_address> parse_address(std::string_view text);

/// Reads "500ms", "5s", "2m" or a number of seconds; between a millisecond and a day.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_span(std::string_view text);

/// Whether it is such a time, and none at all: "0", "0s", "0ms".
[[nodiscard]] bool is_zero_span(std::string_view text);

/// `text` for a place in a path or a query, percent-encoded (RFC 3986).
[[nodiscard]] std::string percent_encoded(std::string_view text);

using answer = base::result<boost::json::value, ctl_fault>;

/// Asks the control API of one node.
class client {
public:
  client(node_address where, std::chrono::milliseconds timeout) : where_{std::move(where)}, timeout_{timeout} {}

  [[nodiscard]] answer get(const std::string& target) const { return call("GET", target, {}); }

  /// A request that changes something; the node gets a deadline a little before ours, so that it can still tell. It
  /// does not go where the address is a guess.
  [[nodiscard]] answer change(const std::string& method, const std::string& target, std::string body = {}) const;

  /// Gets every page of a list: {"<list>":[all of it]}. `separator` is '?' or '&', whichever `target` needs.
  [[nodiscard]] answer get_pages(const std::string& target, char separator, std::string_view list) const;

  /// Hands each line of an endless answer to `on_line` until the node ends it; never returns without a fault.
  [[nodiscard]] ctl_fault follow(const std::string& target, const std::function<void(std::string_view)>& on_line) const;

private:
  [[nodiscard]] net::http_call request(const std::string& method, const std::string& target, std::string body) const;
  [[nodiscard]] answer call(const std::string& method, const std::string& target, std::string body) const;

  node_address where_;
  std::chrono::milliseconds timeout_;
};

} // namespace cafnode::ctl
