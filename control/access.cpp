#include "control/access.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::control {

namespace {

constexpr std::string_view scheme = "bearer ";

/// The scopes that a token is good for, a bit each; none when it is unknown.
unsigned scopes_of(const access_rules& rules, std::string_view presented) {
  unsigned scopes = 0;
  for (const auto& each : rules.tokens)
    if (base::equal_in_constant_time(each.text.reveal(), presented))
      scopes |= (1U << static_cast<unsigned>(each.good_for)) | (1U << static_cast<unsigned>(scope::read));
  return scopes;
}

bool begins_with_scheme(std::string_view field) {
  return field.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), field.begin(), [](char wanted, char given) {
           return wanted == (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given);
         });
}

api_fault unauthorized(std::string message, scope needed) {
  api_fault fault{401, "unauthorized", std::move(message),
                  fmt::format("send the header Authorization: Bearer TOKEN, with the token of control.tokens.{}",
                              to_string(needed == scope::none ? scope::read : needed))};
  fault.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"caf-node\"");
  return fault;
}

api_fault needs(scope needed, std::string_view what) {
  return {403, "forbidden", fmt::format("this needs scope {}: {}", to_string(needed), what),
          fmt::format("use the node's unix socket, or give a token of scope {} (cafctl --token-file FILE)",
                      to_string(needed))};
}

} // namespace

std::string_view to_string(scope which) noexcept {
  constexpr std::array<std::string_view, 4> words{"none", "read", "operate", "trade"};
  return words[static_cast<std::size_t>(which)];
}

std::optional<api_fault> why_not_allowed(const access_rules& rules, const net::http_request& request, scope needed) {
  if (request.origin == net::http_origin::local || needed == scope::none)
    return std::nullopt;
  const auto fields = request.authorization.size();
  if (fields > 1)
    return bad_request("the request has more than one Authorization header");
  if (fields == 0 && rules.open_to_read)
    return needed == scope::read ? std::nullopt
                                 : std::optional{needs(needed, "over TCP without a token one may only read")};
  if (fields == 0)
    return unauthorized("this listener serves nobody without a token", needed);
  const auto field = request.authorization.front().reveal();
  const unsigned scopes = begins_with_scheme(field) ? scopes_of(rules, field.substr(scheme.size())) : 0;
  if (scopes == 0)
    return unauthorized("the token is not one that this node knows", needed);
  if ((scopes & (1U << static_cast<unsigned>(needed))) == 0)
    return needs(needed, "this token has it not");
  return std::nullopt;
}

} // namespace cafnode::control
