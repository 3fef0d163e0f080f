#pragma once

#include "actors/venues/deribit/encode.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/secret.hpp"
#include "runtime/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::deribit {

/// Signs a login: lowercase hex of HMAC-SHA256 over timestamp, nonce and data, each but the last followed by a newline.
/// Source: docs.deribit.com/articles/authentication. Empty when OpenSSL fails.
[[nodiscard]] std::string sign_login(const base::secret& key, std::int64_t timestamp_ms, std::string_view nonce,
                                     std::string_view data);

/// Eight random characters of [a-z0-9]. They need not be secret, only different each time.
[[nodiscard]] std::string make_nonce(base::rng& chance);

/// The login frame of `config.auth`, which is not `none`. It holds a secret: `wipe` the writer when it is sent.
[[nodiscard]] std::string_view write_login(frame_writer& to, venues::request_id id,
                                           const venues::machine_config& config, base::wall_time now,
                                           base::rng& chance);

/// The frame that trades the refresh token for new tokens. It holds a secret, too.
[[nodiscard]] std::string_view write_refresh(frame_writer& to, venues::request_id id,
                                             const base::secret& refresh_token);

/// What the exchange gives for a login. The access token is not kept: the socket itself is logged in.
struct token_grant {
  base::secret refresh_token;
  std::int64_t expires_in_s = 0;
};

/// Knows when the login has to be renewed: at 80 % of its life.
class login_clock {
public:
  void granted(token_grant grant, base::time_point now);

  /// No renewal is due until the next grant.
  void renewing() noexcept { due_.reset(); }

  [[nodiscard]] const std::optional<base::time_point>& due() const noexcept { return due_; }

  [[nodiscard]] const base::secret& refresh_token() const noexcept { return refresh_token_; }

private:
  base::secret refresh_token_;
  std::optional<base::time_point> due_;
};

} // namespace cafnode::deribit
