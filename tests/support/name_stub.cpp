#include "tests/support/name_stub.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace cafnode::test {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t header_bytes = 12;

struct question {
  std::string bytes; // as it came, up to its end
  std::string name;
  bool six = false;
};

question read_question(std::string_view packet) {
  question read;
  std::size_t at = header_bytes;
  while (at < packet.size() && packet[at] != '\0') {
    const auto size = static_cast<unsigned char>(packet[at]);
    read.name += (read.name.empty() ? "" : ".") + std::string{packet.substr(at + 1, size)};
    at += size + 1U;
  }
  read.six = at + 2 < packet.size() && packet[at + 2] == 28;
  read.bytes = packet.substr(header_bytes, at + 5 - header_bytes);
  return read;
}

std::string answer_to(std::string_view packet, const question& asked, const name_reply& reply) {
  std::string out{packet.substr(0, 2)};
  out += std::string{"\x81\x80\0\x01\0", 5} + static_cast<char>(reply.addresses.size()) + std::string(4, '\0');
  out += asked.bytes;
  for (const auto& address : reply.addresses) {
    std::array<char, 16> raw{};
    const int size = asked.six ? 16 : 4;
    if (inet_pton(asked.six ? AF_INET6 : AF_INET, address.c_str(), raw.data()) != 1)
      throw std::runtime_error{"no address: " + address};
    out += std::string{"\xc0\x0c\0", 3} + (asked.six ? '\x1c' : '\x01') + std::string{"\0\x01\0\0\0\x01\0", 7};
    out += static_cast<char>(size) + std::string{raw.data(), static_cast<std::size_t>(size)};
  }
  return out;
}

struct due_answer {
  steady::time_point at;
  std::string bytes;
  sockaddr_in to;
};

} // namespace

name_stub::name_stub(script says)
    : says_{std::move(says)}, socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error{"bind"};
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

name_stub::~name_stub() {
  ends_ = true;
  thread_.join();
  ::close(socket_);
}

void name_stub::serve() {
  std::vector<due_answer> waiting;
  std::array<char, 512> packet{};
  while (!ends_) {
    pollfd watched{socket_, POLLIN, 0};
    ::poll(&watched, 1, 5);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto got = ::recvfrom(socket_, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got > static_cast<ssize_t>(header_bytes)) {
      ++questions_;
      const std::string_view bytes{packet.data(), static_cast<std::size_t>(got)};
      const auto asked = read_question(bytes);
      if (const auto reply = says_(asked.name, asked.six))
        waiting.push_back({steady::now() + reply->after, answer_to(bytes, asked, *reply), from});
    }
    std::erase_if(waiting, [this](const due_answer& each) {
      const bool due = each.at <= steady::now();
      if (due)
        ::sendto(socket_, each.bytes.data(), each.bytes.size(), 0, reinterpret_cast<const sockaddr*>(&each.to),
                 sizeof each.to);
      return due;
    });
  }
}

} // namespace cafnode::test
