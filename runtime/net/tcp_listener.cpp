#include "runtime/net/tcp_listener.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

namespace cafnode::net {

namespace {

constexpr std::string_view listens = "0A"; // TCP_LISTEN

/// Words of memory in the machine's own order, as the tables have them.
template<class Address>
std::string place(const Address& address, std::uint16_t port) {
  std::array<std::uint32_t, sizeof(Address) / sizeof(std::uint32_t)> words{};
  std::memcpy(words.data(), &address, sizeof address);
  std::string out;
  for (const auto word : words)
    out += fmt::format("{:08X}", word);
  return out + fmt::format(":{:04X}", port);
}

std::optional<tcp_listener> at_place(const std::string& table, const std::string& wanted) {
  // There may be many thousands of lines: only those that name the place are taken apart.
  for (auto at = table.find(wanted); at != std::string::npos; at = table.find(wanted, at + 1)) {
    const auto begin = table.rfind('\n', at) + 1; // npos + 1 is the first
    std::istringstream words{table.substr(begin, table.find('\n', at) - begin)};
    std::string number, local, remote, state, queues, timer, retransmits, timeout;
    tcp_listener found;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> found.user >> timeout >>
        found.inode;
    if (words && local == wanted && state == listens)
      return found;
  }
  return std::nullopt;
}

in6_addr mapped(const in_addr& four) {
  in6_addr out{};
  out.s6_addr[10] = out.s6_addr[11] = 0xFF;
  std::memcpy(&out.s6_addr[12], &four, sizeof four);
  return out;
}

std::string text_of(const char* file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

std::optional<tcp_listener> find_tcp_listener(const tcp_tables& tables, const std::string& address,
                                              std::uint16_t port) {
  in_addr four{};
  in6_addr six{};
  const bool is_four = inet_pton(AF_INET, address.c_str(), &four) == 1;
  if (!is_four && inet_pton(AF_INET6, address.c_str(), &six) != 1)
    return std::nullopt;
  if (is_four)
    six = mapped(four);
  const std::string no_four;
  const auto& table_of_four = is_four ? tables.four : no_four;
  auto found = at_place(table_of_four, place(four, port));
  if (!found)
    found = at_place(tables.six, place(six, port));
  if (!found)
    found = at_place(table_of_four, place(in_addr{}, port));
  if (!found)
    found = at_place(tables.six, place(in6_addr{}, port));
  return found;
}

std::optional<tcp_listener> tcp_listener_at(const std::string& address, std::uint16_t port) {
  return find_tcp_listener({text_of("/proc/net/tcp"), text_of("/proc/net/tcp6")}, address, port);
}

} // namespace cafnode::net
