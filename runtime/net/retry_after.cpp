#include "runtime/net/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <optional>
#include <string>

namespace cafnode::net {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds wait_max = std::chrono::hours{24};

/// Milliseconds since 1970 hold any year of four digits, which a system_clock's nanoseconds do not.
using instant = std::chrono::time_point<std::chrono::system_clock, milliseconds>;

std::optional<instant> read_date(std::string_view text) {
  const std::string copy{text};
  for (const auto* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* end = ::strptime(copy.c_str(), form, &parts);
    if (end != nullptr && *end == '\0')
      return instant{std::chrono::seconds{::timegm(&parts)}};
  }
  return std::nullopt;
}

/// Some servers send fractions, which the RFC does not know.
std::optional<milliseconds> read_seconds(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return std::nullopt;
  double seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  if (read.ptr != text.data() + text.size())
    return std::nullopt;
  if (read.ec == std::errc::result_out_of_range)
    return wait_max;
  if (read.ec != std::errc{} || !(seconds > 0))
    return milliseconds{0};
  return milliseconds{static_cast<std::int64_t>(std::ceil(std::min(seconds, 86'400.0) * 1000))};
}

} // namespace

milliseconds read_retry_after(std::string_view value, std::string_view date,
                              std::chrono::system_clock::time_point now) {
  if (const auto seconds = read_seconds(value))
    return *seconds;
  const auto until = read_date(value);
  if (!until)
    return milliseconds{0};
  const auto since = read_date(date).value_or(std::chrono::floor<milliseconds>(now));
  return std::clamp(*until - since, milliseconds{0}, wait_max);
}

} // namespace cafnode::net
