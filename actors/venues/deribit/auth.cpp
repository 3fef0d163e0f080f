#include "actors/venues/deribit/auth.hpp"

#include "runtime/base/invariant.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cafnode::deribit {

namespace {

constexpr std::int64_t life_max_s = 10LL * 365 * 24 * 3600; // longer grants are renewed as if they were this long
constexpr std::int64_t life_unknown_s = 60;

// A socket whose login the exchange has forgotten can neither place nor cancel: a minute, then a new one is better.
constexpr std::chrono::seconds lost_max{60};

constexpr base::backoff_config login_pauses{std::chrono::seconds{1}, std::chrono::seconds{30}, 50};
constexpr std::chrono::milliseconds refresh_rest{250};
constexpr std::chrono::milliseconds login_rest{1000}; // too many logins in a row are answered 12003 login_over_limit

std::string to_hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i)
    hex.append({digits[bytes[i] >> 4U], digits[bytes[i] & 15U]});
  return hex;
}

} // namespace

std::string sign_login(const base::secret& key, std::int64_t timestamp_ms, std::string_view nonce,
                       std::string_view data) {
  std::string text = std::to_string(timestamp_ms);
  text.append("\n").append(nonce).append("\n").append(data);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()), bytes, text.size(), digest.data(),
           &length) == nullptr)
    return {};
  return to_hex(digest.data(), length);
}

std::string make_nonce(base::rng& chance) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string nonce(8, 'a');
  for (char& c : nonce)
    c = alphabet[static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(alphabet.size()) - 1))];
  return nonce;
}

std::string_view write_login(frame_writer& to, venues::request_id id, const venues::machine_config& config,
                             base::wall_time now, base::rng& chance) {
  CAFNODE_INVARIANT(config.auth != venues::auth_method::none, "a login without credentials");
  to.begin(id, request_kind::authenticate);
  if (const auto& scope = config.own.deribit.scope; !scope.empty())
    to.text("scope", scope);
  if (config.auth == venues::auth_method::client_credentials) {
    to.text("grant_type", "client_credentials");
    to.text("client_id", config.client_id);
    to.text("client_secret", config.client_secret.reveal());
    return to.finish();
  }
  const auto timestamp_ms = base::to_unix_ms(now);
  const auto nonce = make_nonce(chance);
  to.text("grant_type", "client_signature");
  to.text("client_id", config.client_id);
  to.whole("timestamp", timestamp_ms);
  to.text("signature", sign_login(config.client_secret, timestamp_ms, nonce, ""));
  to.text("nonce", nonce);
  to.text("data", "");
  return to.finish();
}

std::string_view write_refresh(frame_writer& to, venues::request_id id, const base::secret& refresh_token) {
  to.begin(id, request_kind::refresh_token);
  to.text("grant_type", "refresh_token");
  to.text("refresh_token", refresh_token.reveal());
  return to.finish();
}

login_clock::login_clock(base::duration patience) : patience_{patience}, pauses_{login_pauses} {}

void login_clock::granted(token_grant grant, base::time_point now) {
  const auto life_s = grant.expires_in_s > 0 ? std::min(grant.expires_in_s, life_max_s) : life_unknown_s;
  const std::chrono::milliseconds life{life_s * 1000};
  has_refresh_token_ = !grant.refresh_token.reveal().empty();
  refresh_token_ = std::move(grant.refresh_token);
  due_ = now + life * 4 / 5;
  turn_ = now + life * 9 / 10;
  over_ = now + life;
  granted_ = true;
  rest_until_ = {};
  lost_ = refused_ = logged_in_last_ = false;
  pauses_.reset();
}

void login_clock::lost(base::time_point now) {
  lost_ = true;
  over_ = std::min(over_, now + lost_max);
  due_ = std::max(now, rest_until_);
}

login_clock::step login_clock::next(base::time_point now) const noexcept {
  if (!granted_)
    return step::none;
  if (now >= over_ || (lost_ && refused_))
    return step::give_up;
  if (refused_ || now < due_)
    return step::none;
  const bool only_logins = lost_ || !has_refresh_token_;
  return only_logins || (now >= turn_ && !logged_in_last_) ? step::log_in : step::refresh;
}

void login_clock::began(step what, base::time_point now, base::rng& chance) {
  logged_in_last_ = what == step::log_in;
  pause_ = pauses_.next(chance);
  due_ = now + shorten(std::max(patience_, pause_), now, 2);
}

void login_clock::failed(step what, bool for_good, base::time_point now, base::duration asked) {
  due_ = now + shorten(pause_, now, lost_ || !has_refresh_token_ ? 2 : 4);
  if (what == step::log_in)
    refused_ = refused_ || for_good;
  else if (for_good && std::exchange(has_refresh_token_, false))
    due_ = now;
  rest_until_ = now + asked;
  due_ = std::max(due_, rest_until_);
}

base::duration login_clock::rest(base::time_point now) const noexcept {
  return std::max(rest_until_ - now, base::duration::zero());
}

std::optional<base::time_point> login_clock::due() const noexcept {
  if (!granted_)
    return std::nullopt;
  return refused_ && !lost_ ? over_ : std::min(due_, over_);
}

/// No longer than a part of what is left, and never so short that attempts follow each other in a rush.
base::duration login_clock::shorten(base::duration wait, base::time_point now, int parts) const noexcept {
  const base::duration shortest = lost_ || !has_refresh_token_ ? login_rest : refresh_rest;
  return std::max(std::min(wait, (over_ - now) / parts), shortest);
}

} // namespace cafnode::deribit
