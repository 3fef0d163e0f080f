#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace cafnode::net {

/// A TCP socket of this machine that listens.
struct tcp_listener {
  uid_t user = 0;
  std::uint64_t inode = 0; // by which it is known again

  friend bool operator==(const tcp_listener&, const tcp_listener&) = default;
};

/// What the system says of its TCP sockets: the text of /proc/net/tcp and of /proc/net/tcp6 (proc_net_tcp.txt of the
/// kernel's documentation).
struct tcp_tables {
  std::string four;
  std::string six;
};

/// Which socket gets a connection to `address` (IPv4 or IPv6, as text) and `port`: the system prefers one on that very
/// address to one on all. None where nobody listens or `address` is no address. Pure.
[[nodiscard]] std::optional<tcp_listener> find_tcp_listener(const tcp_tables& tables, const std::string& address,
                                                            std::uint16_t port);

/// The same of this moment; none, too, where the tables cannot be read. Any thread.
[[nodiscard]] std::optional<tcp_listener> tcp_listener_at(const std::string& address, std::uint16_t port);

} // namespace cafnode::net
