#include "runtime/net/http_client.hpp"
#include "runtime/net/tcp_listener.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace cafnode;

namespace {

constexpr uid_t somebody = 65534;

const net::tcp_tables tables{
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1DB1 0200007F:9C40 01 00000000:00000000 00:00000000 00000000  1007        0 71 1 0 20 4 30 10 -1\n"
    "   1: 0100007F:1DB1 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 72 1 0 100 0 0 10 0\n"
    "   2: 00000000:1DB1 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1002        0 73 1 0 100 0 0 10 0\n",
    "  sl  local_address                         remote_address                        st ...\n"
    "   0: 00000000000000000000000001000000:1DB1 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 00000000  1003        0 74 1 0 100 0 0 10 0\n"
    "   1: 0000000000000000FFFF00000900007F:1DB1 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 00000000  1004        0 75 1 0 100 0 0 10 0\n"
    "   2: 00000000000000000000000000000000:1DB2 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 00000000  1005        0 76 1 0 100 0 0 10 0\n"};

uid_t user_at(const char* address, std::uint16_t port) {
  const auto found = net::find_tcp_listener(tables, address, port);
  return found ? found->user : 0;
}

/// A port of loopback that listens and does not answer.
class listener {
public:
  listener() : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(socket_, 4) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port = ntohs(at.sin_port);
  }

  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  ~listener() { ::close(socket_); }

  /// Only root may.
  [[nodiscard]] bool give_to(uid_t user) const { return ::fchown(socket_, user, user) == 0; }

  /// What the first client has sent by the time it has gone.
  [[nodiscard]] std::string heard() const {
    const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    std::string out(4096, '\0');
    const auto got = ::recv(client, out.data(), out.size(), 0);
    ::close(client);
    out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return out;
  }

  std::uint16_t port = 0;

private:
  int socket_;
};

} // namespace

SCENARIO("of the sockets that listen, the one on the very address is taken, then one on all addresses") {
  CHECK(user_at("127.0.0.1", 7601) == 1001);
  CHECK(user_at("127.0.0.2", 7601) == 1002);
  CHECK(user_at("::1", 7601) == 1003);
  CHECK(user_at("127.0.0.9", 7601) == 1004);
  CHECK(user_at("127.0.0.1", 7602) == 1005);
  CHECK(user_at("::1", 7602) == 1005);
  CHECK_FALSE(net::find_tcp_listener(tables, "::2", 7601).has_value());
  CHECK_FALSE(net::find_tcp_listener(tables, "127.0.0.1", 7603).has_value());
  CHECK_FALSE(net::find_tcp_listener(tables, "localhost", 7601).has_value());
  CHECK_FALSE(net::find_tcp_listener({"", "   0: 0100007F:1DB1 short\n\n"}, "127.0.0.1", 7601).has_value());
}

SCENARIO("who listens on a port of this machine is known") {
  const listener mine;
  const auto found = net::tcp_listener_at("127.0.0.1", mine.port);
  REQUIRE(found.has_value());
  CHECK(found->user == ::geteuid());
  CHECK(found == net::tcp_listener_at("127.0.0.1", mine.port));
  CHECK_FALSE(found == net::tcp_listener_at("127.0.0.1", listener{}.port));
}

SCENARIO("what is for a trusted listener is not sent to a port that another user holds") {
  const listener other;
  if (!other.give_to(somebody)) {
    MESSAGE("not checked: only root can make a socket somebody else's");
    return;
  }
  net::http_call call;
  call.port = other.port;
  call.headers.emplace_back("Authorization", "Bearer secret");
  call.timeout = std::chrono::milliseconds{300};
  call.trusted_only = true;
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    call.host = host;
    const auto got = net::http_fetch(call);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.fault().fault == net::http_fault::untrusted);
    CHECK(got.fault().detail.find("served by user 65534") != std::string::npos);
    CHECK(other.heard().empty());
  }
  call.trusted_only = false;
  CHECK(net::http_fetch(call).fault().fault == net::http_fault::timed_out);
  CHECK(other.heard().find("Bearer secret") != std::string::npos);
}

SCENARIO("a trusted listener is asked, be it this user's own or root's") {
  const listener mine;
  net::http_call call;
  call.port = mine.port;
  call.timeout = std::chrono::milliseconds{300};
  call.trusted_only = true;
  CHECK(net::http_fetch(call).fault().fault == net::http_fault::timed_out);
  CHECK(mine.heard().find("GET / ") != std::string::npos);
}
