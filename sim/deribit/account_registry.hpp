#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/secret.hpp"
#include "runtime/base/time.hpp"
#include "sim/deribit/settings.hpp"
#include "sim/market/exchange.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cafnode::sim {

struct account_entry {
  std::string name;
  std::string client_id;
  base::secret client_secret;
};

/// What a token stands for. `connection` is 0 for a session that outlives its socket.
struct login {
  std::string account;
  std::string client_id;
  std::string scope;
  std::string session; // name of a `session:` scope
  std::uint64_t connection = 0;
  base::time_point expires{};
  std::int64_t expires_in_s = 0;
  std::string access_token;
  std::string refresh_token;
};

/// Accounts, logins and tokens, as A4 of the exchange's rules has them. Pure: time and chance are arguments.
class account_registry {
public:
  account_registry(const settings& rules, std::uint64_t seed);

  void add(account_entry entry);

  [[nodiscard]] const std::vector<account_entry>& accounts() const noexcept { return accounts_; }

  /// public/auth: `params` as they came. The login, or the exchange's words for no.
  base::result<login, rpc_error> authenticate(const boost::json::object& params, std::uint64_t connection,
                                              base::moment now);

  /// Checks id and secret without making a token (HTTP Basic).
  base::result<login, rpc_error> check_secret(std::string_view id, std::string_view given, base::time_point now);

  /// Checks `Authorization: deri-hmac-sha256`; `text` is METHOD\nURI\nBODY\n.
  base::result<login, rpc_error> check_signed_call(std::string_view header, std::string_view text, base::moment now);

  /// The login behind an access token, if it is alive and may be used on `connection`.
  [[nodiscard]] const login* find(std::string_view access_token, std::uint64_t connection, base::time_point now) const;

  /// A further session from a refresh token (public/fork_token, public/exchange_token).
  base::result<login, rpc_error> fork(std::string_view refresh_token, std::string session, base::time_point now);

  void revoke(std::string_view access_token);
  void forget_connection(std::uint64_t connection);
  std::size_t expire_account(std::string_view account, base::time_point now); // every account when empty

  [[nodiscard]] std::size_t tokens() const noexcept { return by_access_.size(); }

private:
  struct failures {
    std::int64_t count = 0;
    base::time_point since{};
  };

  base::result<login, rpc_error> by_credentials(const boost::json::object& params, base::time_point now);
  base::result<login, rpc_error> by_signature(const boost::json::object& params, base::moment now);
  base::result<login, rpc_error> by_refresh(const boost::json::object& params, std::uint64_t connection,
                                            base::time_point now);
  [[nodiscard]] const account_entry* account_of(std::string_view client_id) const;
  rpc_error note_failure(std::string_view client_id, base::time_point now);
  [[nodiscard]] bool over_limit(std::string_view client_id, base::time_point now) const;
  void apply_scope(login& who, std::string_view scope, std::uint64_t connection) const;
  login issue(login who, base::time_point now);
  void make_room(const login& coming);
  std::string random_token();

  const settings* rules_;
  base::rng chance_;
  std::vector<account_entry> accounts_;
  std::unordered_map<std::string, login> by_access_;
  std::unordered_map<std::string, std::string> access_of_refresh_;
  std::unordered_map<std::uint64_t, std::string> access_of_connection_;
  std::deque<std::string> age_;                         // access tokens, oldest first; may name dead ones
  std::map<std::string, failures, std::less<>> failed_; // only ids of real accounts and one entry for all others
};

[[nodiscard]] boost::json::object describe_login(const login& who);

} // namespace cafnode::sim
