#include "sim/deribit/account_registry.hpp"

#include "runtime/base/invariant.hpp"
#include "sim/deribit/rpc_text.hpp"
#include "sim/deribit/signature.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cstdlib>

namespace cafnode::sim {

namespace {

using verdict = base::result<login, rpc_error>;

verdict refuse(const rpc_answer& answer) {
  return base::failure{answer.error};
}

rpc_answer wrong_credentials() {
  return failed(13004, "invalid_credentials");
}

std::string named(const boost::json::object& params, std::string_view name) {
  return text_param(params, name).value_or("");
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0)
      words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::int64_t whole(std::string_view text) {
  return text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string_view::npos
             ? -1
             : std::strtoll(std::string{text}.c_str(), nullptr, 10);
}

constexpr std::string_view default_scope =
    "connection mainaccount trade:read_write wallet:read_write account:read_write block_trade:read_write";

} // namespace

account_registry::account_registry(const settings& rules, std::uint64_t seed) : rules_{&rules}, chance_{seed} {}

void account_registry::add(account_entry entry) {
  CAFNODE_INVARIANT(!entry.name.empty() && !entry.client_id.empty(), "an account without a name");
  accounts_.push_back(std::move(entry));
}

verdict account_registry::authenticate(const boost::json::object& params, std::uint64_t connection, base::moment now) {
  const std::string grant = named(params, "grant_type");
  verdict who = refuse(invalid_param("grant_type", "invalid value"));
  if (grant == "client_credentials")
    who = by_credentials(params, now.steady);
  else if (grant == "client_signature")
    who = by_signature(params, now);
  else if (grant == "refresh_token")
    return by_refresh(params, connection, now.steady);
  if (!who)
    return who;
  apply_scope(who.value(), named(params, "scope"), connection);
  return issue(std::move(who).value(), now.steady);
}

verdict account_registry::by_credentials(const boost::json::object& params, base::time_point now) {
  for (const auto* needed : {"client_id", "client_secret"})
    if (!text_param(params, needed))
      return refuse(invalid_param(needed, "missing"));
  return check_secret(named(params, "client_id"), named(params, "client_secret"), now);
}

verdict account_registry::check_secret(std::string_view id, std::string_view given, base::time_point now) {
  if (over_limit(id, now))
    return refuse(failed(12003, "login_over_limit"));
  const account_entry* account = account_of(id);
  if (account == nullptr || !base::equal_in_constant_time(account->client_secret.reveal(), given))
    return base::failure{note_failure(id, now)};
  login who;
  who.account = account->name;
  who.client_id = account->client_id;
  return who;
}

verdict account_registry::by_signature(const boost::json::object& params, base::moment now) {
  for (const auto* needed : {"client_id", "timestamp", "signature"})
    if (!text_param(params, needed))
      return refuse(invalid_param(needed, "missing"));
  const std::string id = named(params, "client_id");
  if (over_limit(id, now.steady))
    return refuse(failed(12003, "login_over_limit"));
  const std::string stamp = named(params, "timestamp");
  const account_entry* account = account_of(id);
  const std::int64_t skew = base::to_unix_ms(now.wall) - whole(stamp);
  if (account == nullptr || std::abs(skew) > rules_->signature_window_ms)
    return base::failure{note_failure(id, now.steady)};
  const std::string text = stamp + "\n" + named(params, "nonce") + "\n" + named(params, "data");
  const std::string expected = hmac_sha256_hex(account->client_secret.reveal(), text);
  if (!base::equal_in_constant_time(expected, named(params, "signature")))
    return base::failure{note_failure(id, now.steady)};
  login who;
  who.account = account->name;
  who.client_id = id;
  return who;
}

verdict account_registry::check_signed_call(std::string_view header, std::string_view text, base::moment now) {
  std::map<std::string_view, std::string_view> fields;
  while (!header.empty()) {
    const std::string_view part = header.substr(0, header.find(','));
    header.remove_prefix(std::min(part.size() + 1, header.size()));
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos && fields.size() < 16)
      fields[part.substr(0, equals)] = part.substr(equals + 1);
  }
  const account_entry* account = account_of(fields["id"]);
  const std::int64_t skew = base::to_unix_ms(now.wall) - whole(fields["ts"]);
  if (account == nullptr || std::abs(skew) > rules_->signature_window_ms)
    return base::failure{note_failure(fields["id"], now.steady)};
  const std::string payload =
      std::string{fields["ts"]} + "\n" + std::string{fields["nonce"]} + "\n" + std::string{text};
  if (!base::equal_in_constant_time(hmac_sha256_hex(account->client_secret.reveal(), payload), fields["sig"]))
    return base::failure{note_failure(fields["id"], now.steady)};
  login who;
  who.account = account->name;
  who.client_id = account->client_id;
  return who;
}

verdict account_registry::by_refresh(const boost::json::object& params, std::uint64_t connection,
                                     base::time_point now) {
  if (!text_param(params, "refresh_token"))
    return refuse(invalid_param("refresh_token", "missing"));
  const auto known = access_of_refresh_.find(named(params, "refresh_token"));
  if (known == access_of_refresh_.end())
    return refuse(wrong_credentials());
  login who = by_access_.at(known->second);
  const bool foreign = who.connection != 0 && who.connection != connection;
  if (foreign)
    return refuse(failed(13009, "unauthorized", boost::json::object{{"reason", "invalid_token"}}));
  revoke(std::string{who.access_token}); // each refresh voids the token before it
  return issue(std::move(who), now);
}

const login* account_registry::find(std::string_view access_token, std::uint64_t connection,
                                    base::time_point now) const {
  const auto found = by_access_.find(std::string{access_token});
  if (found == by_access_.end() || found->second.expires <= now)
    return nullptr;
  const login& who = found->second;
  return who.connection == 0 || who.connection == connection ? &who : nullptr;
}

verdict account_registry::fork(std::string_view refresh_token, std::string session, base::time_point now) {
  const auto known = access_of_refresh_.find(std::string{refresh_token});
  if (known == access_of_refresh_.end())
    return refuse(wrong_credentials());
  login who = by_access_.at(known->second);
  if (who.session.empty())
    return refuse(failed(13021, "forbidden"));
  who.session = session.empty() ? who.session : std::move(session);
  return issue(std::move(who), now);
}

void account_registry::revoke(std::string_view access_token) {
  const auto found = by_access_.find(std::string{access_token});
  if (found == by_access_.end())
    return;
  access_of_refresh_.erase(found->second.refresh_token);
  const auto bound = access_of_connection_.find(found->second.connection);
  if (bound != access_of_connection_.end() && bound->second == found->first)
    access_of_connection_.erase(bound);
  by_access_.erase(found);
}

void account_registry::forget_connection(std::uint64_t connection) {
  const auto bound = access_of_connection_.find(connection);
  if (bound != access_of_connection_.end())
    revoke(std::string{bound->second});
}

std::size_t account_registry::expire_account(std::string_view account, base::time_point now) {
  std::size_t count = 0;
  for (auto& [token, who] : by_access_) {
    if ((!account.empty() && who.account != account) || who.expires <= now)
      continue;
    who.expires = now; // the refresh token lives on, as after an ordinary expiry
    ++count;
  }
  return count;
}

const account_entry* account_registry::account_of(std::string_view client_id) const {
  const auto is_it = [client_id](const account_entry& entry) { return entry.client_id == client_id; };
  const auto found = std::find_if(accounts_.begin(), accounts_.end(), is_it);
  return found == accounts_.end() ? nullptr : &*found;
}

rpc_error account_registry::note_failure(std::string_view client_id, base::time_point now) {
  // Ids that nobody has share one counter, so that made-up ids cannot fill the memory.
  failures& record = failed_[account_of(client_id) == nullptr ? std::string{} : std::string{client_id}];
  const std::chrono::milliseconds window{rules_->login_failures_window_ms};
  if (record.count == 0 || now - record.since > window)
    record = {0, now};
  ++record.count;
  return wrong_credentials().error;
}

bool account_registry::over_limit(std::string_view client_id, base::time_point now) const {
  const auto found = failed_.find(client_id);
  const std::chrono::milliseconds window{rules_->login_failures_window_ms};
  return rules_->login_failures_max > 0 && found != failed_.end() && now - found->second.since <= window &&
         found->second.count >= rules_->login_failures_max;
}

void account_registry::apply_scope(login& who, std::string_view scope, std::uint64_t connection) const {
  who.scope = scope.empty() ? std::string{default_scope} : std::string{scope.substr(0, 512)};
  who.connection = connection;
  who.expires_in_s = rules_->token_expires_s;
  for (const std::string_view word : words_of(who.scope)) {
    if (word.starts_with("session:"))
      who.session = word.substr(8);
    if (word.starts_with("expires:") && whole(word.substr(8)) > 0)
      who.expires_in_s = whole(word.substr(8));
  }
  if (!who.session.empty())
    who.connection = 0; // a named session survives its socket
}

login account_registry::issue(login who, base::time_point now) {
  make_room(who);
  who.expires = now + std::chrono::seconds{who.expires_in_s};
  who.access_token = random_token();
  who.refresh_token = random_token();
  if (who.connection != 0)
    forget_connection(who.connection);
  by_access_[who.access_token] = who;
  access_of_refresh_[who.refresh_token] = who.access_token;
  if (who.connection != 0)
    access_of_connection_[who.connection] = who.access_token;
  age_.push_back(who.access_token);
  return who;
}

void account_registry::make_room(const login& coming) {
  while (!age_.empty() &&
         (!by_access_.contains(age_.front()) || by_access_.size() >= static_cast<std::size_t>(rules_->tokens_max))) {
    revoke(std::string{age_.front()});
    age_.pop_front();
  }
  if (age_.size() > 2 * by_access_.size() + 64)
    std::erase_if(age_, [this](const std::string& token) { return !by_access_.contains(token); });
  if (coming.session.empty())
    return;
  const auto same_key = [this, &coming](const std::string& token) {
    const auto found = by_access_.find(token);
    return found != by_access_.end() && !found->second.session.empty() && found->second.client_id == coming.client_id;
  };
  const auto count = std::count_if(age_.begin(), age_.end(), same_key);
  if (count >= rules_->sessions_per_key_max)
    revoke(std::string{*std::find_if(age_.begin(), age_.end(), same_key)});
}

std::string account_registry::random_token() {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string token = "1.";
  for (int count = 0; count < 44; ++count)
    token.push_back(letters[static_cast<std::size_t>(chance_.between(0, 63))]);
  return token;
}

boost::json::object describe_login(const login& who) {
  boost::json::object out{{"access_token", who.access_token}, {"refresh_token", who.refresh_token},
                          {"expires_in", who.expires_in_s},   {"scope", who.scope},
                          {"token_type", "bearer"},           {"enabled_features", boost::json::array{}}};
  if (!who.session.empty())
    out["sid"] = who.session;
  return out;
}

} // namespace cafnode::sim
