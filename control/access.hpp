#pragma once

#include "control/api_fault.hpp"
#include "runtime/base/secret.hpp"
#include "runtime/net/http_server.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cafnode::control {

/// What a route lets one do.
enum class scope : std::uint8_t {
  none,    // health: anybody who can reach it
  read,    // look
  operate, // close, kill, restart
  trade,   // place, change and cancel orders
};

[[nodiscard]] std::string_view to_string(scope which) noexcept;

/// A token and what it is good for; each is good for reading too.
struct access_token {
  base::secret text;
  scope good_for = scope::read;
};

/// Who may do what. Pure.
struct access_rules {
  std::vector<access_token> tokens; // one text may stand here more than once, with other scopes
  bool open_to_read = true;         // over TCP without a token
};

/// Why the request is not allowed to do what its route does; none if it is. Over the unix socket everything is: the
/// server has looked who it is. A token (`Authorization: Bearer TOKEN`) is compared with each one that there is, in a
/// time that does not depend on where they differ. A wrong one is refused even where none is needed.
[[nodiscard]] std::optional<api_fault> why_not_allowed(const access_rules& rules, const net::http_request& request,
                                                       scope needed);

} // namespace cafnode::control
