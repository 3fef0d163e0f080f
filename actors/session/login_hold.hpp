#pragma once

#include "runtime/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>

namespace cafnode::session {

/// Keeps a key that the exchange refuses from being tried too often: some exchanges lock a key, for everybody, after a
/// few wrong logins. Shared by all connections of this node that log in with one key. After a refusal nobody tries for
/// 30 s, then one alone; each refusal doubles the wait, up to ten minutes, and a login that is accepted ends it.
/// Thread-safe; never blocks for long; time is an argument.
class login_hold {
public:
  static constexpr std::chrono::milliseconds first{30'000};
  static constexpr std::chrono::milliseconds cap{600'000};

  /// Names one that tries: a connection. Never 0.
  using who = std::uint64_t;

  /// How long `one` has to wait before it may try; zero: it may now. After a refusal the one that may is alone until it
  /// says what came of it. `insists`: a person wants it tried at once.
  base::duration ask(who one, base::time_point now, bool insists = false);

  /// The exchange refused `one`. How long to wait before the next try. Refusals of those that were under way when the
  /// first came count as one with it.
  std::chrono::milliseconds refused(who one, base::time_point now);

  /// The exchange accepted the key.
  void accepted();

  /// `one` ended without a word of the exchange on its key.
  void left(who one);

private:
  std::mutex mutex_;
  std::uint32_t refusals_ = 0; // since the last login that was accepted
  base::time_point until_{};
  who trying_ = 0;
};

} // namespace cafnode::session
