#pragma once

#include <string_view>

namespace cafnode::conf {

/// Whether `text` is an IPv4 or IPv6 address, as opposed to a name.
[[nodiscard]] bool is_address(std::string_view text);

/// Whether `text` is an IPv4 address in one of the forms that old programs take (inet_aton: "0", "127.1",
/// "0x7f000001"), and no address to is_address.
[[nodiscard]] bool is_odd_address(std::string_view text);

/// Whether `text` is an address that only this machine reaches: 127.0.0.0/8 or ::1. A name never is.
[[nodiscard]] bool is_loopback_address(std::string_view text);

} // namespace cafnode::conf
