#include "runtime/net/address_race.hpp"
#include "runtime/net/dial_service.hpp"
#include "runtime/net/tls_context.hpp"
#include "tests/support/name_stub.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace cafnode;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

void accept_and_wait(net_conn& conn) {
  conn.accept_upgrade();
  conn.wait_for_end();
}

/// A name with a first address that does what the test wants, and a second that is well; one thread dials it.
struct two_addresses {
  explicit two_addresses(net_peer::script first)
      : good{accept_and_wait, nullptr, 4, "127.0.0.3"},
        bad{std::move(first), nullptr, 8, "127.0.0.2", good.port()},
        probe{options()} {}

  [[nodiscard]] net::dial_options options() const {
    net::dial_options made;
    made.host = "two.test";
    made.port = good.port();
    made.name_servers = names.servers();
    made.deadline = 4000ms;
    return made;
  }

  /// Dials anew, as the next client does.
  void dial(const net::dial_options& how) {
    probe.closed.reset();
    probe.opened = 0;
    probe.link = net::make_ws_link(probe.io, how, {}, probe);
    probe.link->open();
  }

  name_stub names{four_only({"127.0.0.2", "127.0.0.3"})};
  net_peer good;
  net_peer bad;
  link_probe probe;
};

bool says(const net::close_info& info, std::string_view words) {
  return info.detail.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("whatever a first address fails with, the next dial starts at another, and the cause names it") {
  net_peer::script first;
  auto cause = net::close_cause::timed_out;
  SUBCASE("it accepts and hangs") {
    first = [](net_conn& conn) { conn.wait_for_end(); };
  }
  SUBCASE("it answers 503") {
    first = [](net_conn& conn) {
      conn.read_until("\r\n\r\n");
      conn.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
      conn.wait_for_end();
    };
    cause = net::close_cause::upgrade_refused;
  }
  SUBCASE("it answers 503 and asks to be left alone") {
    first = [](net_conn& conn) {
      conn.read_until("\r\n\r\n");
      conn.write("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n");
      conn.wait_for_end();
    };
    cause = net::close_cause::upgrade_refused;
  }
  SUBCASE("it closes at the upgrade") {
    first = [](net_conn& conn) { conn.read_until("\r\n\r\n"); };
    cause = net::close_cause::reset;
  }
  SUBCASE("it resets at the upgrade") {
    first = [](net_conn& conn) {
      conn.read_bytes(1);
      conn.reset();
    };
    cause = net::close_cause::reset;
  }
  two_addresses rig{std::move(first)};
  const auto begun = clock::now();
  rig.dial(rig.options());
  REQUIRE(rig.probe.run_until_closed());
  CHECK(rig.probe.closed->cause == cause);
  CAPTURE(rig.probe.closed->detail);
  CHECK(rig.probe.closed->retry_after == 0ms); // the other is free to be dialed
  CHECK(says(*rig.probe.closed, "two.test"));
  CHECK(says(*rig.probe.closed, "127.0.0.2"));
  CHECK(clock::now() - begun < 3500ms); // its share, not the whole deadline
  rig.dial(rig.options());
  REQUIRE(rig.probe.run_until_open());
  CHECK(rig.probe.opened == 1);
  rig.probe.link = nullptr;
}

TEST_CASE("a link that was open and not proven counts against its address too") {
  two_addresses rig{accept_and_wait};
  const auto& memory = *net::dial_service::of(rig.probe.io).memory;
  const net::address_memory::address first{boost::asio::ip::make_address("127.0.0.2"), rig.good.port()};
  rig.dial(rig.options());
  REQUIRE(rig.probe.run_until_open());
  SUBCASE("its owner never came to be live") {}
  SUBCASE("its owner was live for a moment only") {
    rig.probe.link->proven();
  }
  CHECK_FALSE(memory.has_failed(first));
  rig.probe.link = nullptr;
  CHECK(memory.has_failed(first));
}

TEST_CASE("a link whose end its owner does not lay to its address leaves that address in its place") {
  two_addresses rig{accept_and_wait};
  rig.dial(rig.options());
  REQUIRE(rig.probe.run_until_open());
  CHECK(rig.probe.link->peer() == "two.test:" + std::to_string(rig.good.port()) + " (127.0.0.2)");
  rig.probe.link->acquit();
  rig.probe.link = nullptr;
  const auto& memory = *net::dial_service::of(rig.probe.io).memory;
  CHECK_FALSE(memory.has_failed({boost::asio::ip::make_address("127.0.0.2"), rig.good.port()}));
}

TEST_CASE("an address that hangs in the TLS handshake leaves time for another") {
  const net_identity identity{"two.test"};
  auto trusted = net::make_tls_client({identity.chain_file(), true});
  REQUIRE(trusted.has_value());
  name_stub names{four_only({"127.0.0.2", "127.0.0.3"})};
  net_peer good{accept_and_wait, &identity, 1, "127.0.0.3"};
  net_peer bad{[](net_conn& conn) { conn.wait_for_end(); }, nullptr, 1, "127.0.0.2", good.port()};
  net::dial_options options;
  options.host = "two.test";
  options.port = good.port();
  options.name_servers = names.servers();
  options.deadline = 1000ms;
  options.tls = trusted.value();
  link_probe probe{options};
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(says(*probe.closed, "127.0.0.2"));
  CHECK(says(*probe.closed, "TLS handshake"));
  CHECK(says(*probe.closed, "within 5")); // half of the deadline, for there is another address
  probe.link = net::make_ws_link(probe.io, options, {}, probe);
  probe.link->open();
  CHECK(run_until(probe.io, [&] { return probe.opened == 1; }));
  probe.link = nullptr;
}

TEST_CASE("an address that swallows the first packets is overtaken by the next") {
  net_peer good{accept_and_wait, nullptr, 2, "127.0.0.3"};
  // A listener whose queue is full drops what comes then, as a firewall does.
  const int deaf = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(good.port());
  REQUIRE(inet_pton(AF_INET, "127.0.0.2", &at.sin_addr) == 1);
  REQUIRE(::bind(deaf, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  REQUIRE(::listen(deaf, 0) == 0);
  std::vector<int> fillers;
  for (int count = 0; count < 4; ++count) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&at), sizeof at);
  }
  name_stub names{four_only({"127.0.0.2", "127.0.0.3"})};
  net::dial_options options;
  options.host = "two.test";
  options.port = good.port();
  options.name_servers = names.servers();
  link_probe probe{options};
  const auto begun = clock::now();
  probe.link->open();
  REQUIRE(probe.run_until_open());
  CHECK(probe.opened == 1);
  CHECK(clock::now() - begun >= net::address_race::stagger);
  CHECK(clock::now() - begun < 2s);
  probe.link = nullptr;
  for (const int each : fillers)
    ::close(each);
  ::close(deaf);
}

TEST_CASE("a link is let go at once at any stage of its dial") {
  name_stub silent{[](const std::string&, bool) -> std::optional<name_reply> { return std::nullopt; }};
  net_peer mute{[](net_conn& conn) { conn.wait_for_end(); }};
  auto options = dial_local(mute.port());
  SUBCASE("in the look-up") {
    options.host = "silent.test";
    options.name_servers = silent.servers();
  }
  SUBCASE("in the TLS handshake") {
    options.tls = net::make_tls_client({"", true}).value();
  }
  SUBCASE("in the upgrade") {}
  link_probe probe{options};
  probe.link->open();
  probe.io.run_for(100ms);
  const auto begun = clock::now();
  probe.link = nullptr;
  probe.io.restart();
  probe.io.run(); // nothing of it is left to wait for
  CHECK(clock::now() - begun < 300ms);
  CHECK(probe.closings == 0);
}
