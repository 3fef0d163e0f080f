#pragma once

#include <chrono>
#include <string_view>

namespace cafnode::net {

/// How long a server asks to be left alone by its Retry-After header: a number of seconds, or a date (RFC 9110, 10.2.3;
/// all three forms of 5.6.7). A date is compared with the server's own `date` header where that can be read, so that
/// neither clock has to be right, else with `now`. Between zero, for what is past or no such value, and one day.
[[nodiscard]] std::chrono::milliseconds read_retry_after(std::string_view value, std::string_view date,
                                                         std::chrono::system_clock::time_point now);

} // namespace cafnode::net
