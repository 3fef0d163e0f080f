#include "actors/venues/deribit/auth.hpp"

#include "runtime/base/invariant.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace cafnode::deribit {

namespace {

constexpr std::int64_t life_max_s = 10LL * 365 * 24 * 3600; // longer grants are renewed as if they were this long

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

void login_clock::granted(token_grant grant, base::time_point now) {
  CAFNODE_INVARIANT(grant.expires_in_s > 0, "a login that was over before it began");
  refresh_token_ = std::move(grant.refresh_token);
  const std::chrono::milliseconds life{std::min(grant.expires_in_s, life_max_s) * 1000};
  due_ = now + life * 4 / 5;
}

} // namespace cafnode::deribit
