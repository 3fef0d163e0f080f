#pragma once

#include <cstdint>
#include <string_view>

namespace cafnode::venues {

/// What an error of an exchange means for whoever asked. Append, never renumber.
enum class disposition : std::uint8_t {
  reject = 0,         // it did not happen, and would not the next time either
  reprice = 1,        // it did not happen; with another price or amount it may
  retry = 2,          // it did not happen; the same may work after a back-off
  pause = 3,          // the exchange is closed for now; retry much later
  reauthenticate = 4, // the session is not logged in (any more)
  fatal = 5,          // the key is wrong or may not do this: stop and call somebody
  unknown = 6,        // it may have happened: ask before anything else
  gone = 7,           // the order it spoke of is over or was never there: reconcile
  back_off = 8,       // the budget is gone, and the session with it
  our_bug = 9,        // the request was malformed
};

[[nodiscard]] std::string_view to_string(disposition value) noexcept;

} // namespace cafnode::venues
