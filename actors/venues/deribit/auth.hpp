#pragma once

#include "actors/venues/deribit/encode.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/backoff.hpp"
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
  std::int64_t expires_in_s = 0; // 0: not known
};

/// What to do about a login, and when: at 80 % of its life it is renewed with its refresh token. Whatever the exchange
/// says to that, or if it says nothing, the login holds until its life is over. Meanwhile it is tried again after
/// pauses that grow, and that shrink again towards the end; from half of the time that is left on, a new login takes
/// turns with the refresh token. Chance is an argument. Times are those of the exchange's `expires_in`, counted from
/// its answer.
class login_clock {
public:
  /// `patience` is how long an attempt waits for its answer.
  explicit login_clock(base::duration patience);

  /// For attempts from now on.
  void set_patience(base::duration patience) noexcept { patience_ = patience; }

  enum class step : std::uint8_t {
    none,
    refresh, // with the refresh token
    log_in,  // with the credentials
    give_up, // the login is over
  };

  /// A grant without a life of its own is renewed as if it lived a minute.
  void granted(token_grant grant, base::time_point now);

  /// The exchange does not know this login any more: only a new one helps, and soon.
  void lost(base::time_point now);

  [[nodiscard]] bool is_lost() const noexcept { return lost_; }

  [[nodiscard]] step next(base::time_point now) const noexcept;

  /// An attempt goes out. The next one follows when no answer comes.
  void began(step what, base::time_point now, base::rng& chance);

  /// An attempt failed. `for_good`: the exchange will not take these credentials, or this refresh token, the next time
  /// either. `asked`: how long the exchange wants to be left alone; nothing is tried sooner.
  void failed(step what, bool for_good, base::time_point now, base::duration asked);

  /// How long, from now on, the exchange wants to be left alone; zero when it did not say.
  [[nodiscard]] base::duration rest(base::time_point now) const noexcept;

  /// When `next` has something to say; nothing before the first grant.
  [[nodiscard]] std::optional<base::time_point> due() const noexcept;

  /// Whether the exchange has refused the credentials.
  [[nodiscard]] bool refused() const noexcept { return refused_; }

  [[nodiscard]] const base::secret& refresh_token() const noexcept { return refresh_token_; }

private:
  [[nodiscard]] base::duration shorten(base::duration wait, base::time_point now, int parts) const noexcept;

  base::duration patience_;
  base::secret refresh_token_;
  base::backoff pauses_;
  base::duration pause_{};
  base::time_point due_{};
  base::time_point turn_{}; // from here on with the credentials, too
  base::time_point over_{};
  base::time_point rest_until_{}; // as the exchange asked
  bool granted_ = false;
  bool lost_ = false;
  bool refused_ = false;
  bool has_refresh_token_ = false;
  bool logged_in_last_ = false; // the latest attempt was a login
};

} // namespace cafnode::deribit
