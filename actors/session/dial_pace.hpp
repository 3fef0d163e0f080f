#pragma once

#include "runtime/base/time.hpp"

#include <cstdint>
#include <mutex>

namespace cafnode::session {

/// How fast one address is dialed, by all connections of this node that go there: a fleet that comes back at once looks
/// like an attack to what stands before an exchange, and is answered 429. Each dial books the next free moment, so the
/// order is that of asking and nothing has to be remembered of those who wait; one who gives up leaves his moment
/// unused. Thread-safe; never blocks for long.
class dial_pace {
public:
  /// `burst` dials at once, 1 or more; after that one every `interval`, above zero.
  dial_pace(std::int64_t burst, base::duration interval);

  /// How long to wait before the dial; zero: now.
  base::duration book(base::time_point now);

private:
  base::duration tolerance_;
  base::duration interval_;
  std::mutex mutex_;
  base::time_point next_ = base::time_point::min(); // when the next would be due without a burst
};

} // namespace cafnode::session
