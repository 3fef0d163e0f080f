#include "runtime/net/asio_types.hpp"
#include "runtime/net/tls_context.hpp"
#include "tests/support/name_stub.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"
#include "tests/support/scarce_files.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

net::close_info dial_to_failure(const net::dial_options& options) {
  link_probe probe{options};
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.opened == 0);
  CHECK(probe.closings == 1);
  return *probe.closed;
}

bool says(const net::close_info& info, std::string_view words) {
  return info.detail.find(words) != std::string::npos;
}

std::shared_ptr<const net::tls_context> trust(const std::string& ca_file) {
  auto made = net::make_tls_client({ca_file, true});
  REQUIRE(made.has_value());
  return made.value();
}

void accept_and_wait(net_conn& conn) {
  conn.accept_upgrade();
  conn.wait_for_end();
}

} // namespace

TEST_CASE("a host name without an address ends in resolve_failed") {
  net::dial_options options;
  options.host = std::string(64, 'x') + ".invalid"; // no label may have 64 bytes, so no server is asked
  const auto info = dial_to_failure(options);
  CHECK(info.cause == net::close_cause::resolve_failed);
  CHECK(says(info, options.host));
}

TEST_CASE("a port where nobody listens ends in refused") {
  const auto port = closed_port();
  const auto info = dial_to_failure(dial_local(port));
  CHECK(info.cause == net::close_cause::refused);
  CHECK(says(info, "127.0.0.1:" + std::to_string(port)));
  CHECK(says(info, "Connection refused"));
}

TEST_CASE("every address of a name is tried") {
  net_peer peer{accept_and_wait};
  auto options = dial_local(peer.port());
  options.host = "localhost"; // ::1 first where the machine has it; the peer listens on 127.0.0.1 only
  link_probe probe{options};
  probe.link->open();
  REQUIRE(probe.run_until_open());
  CHECK(probe.opened == 1);
  probe.link = nullptr;
}

TEST_CASE("a server that accepts and never speaks ends in timed_out") {
  net_peer peer{[](net_conn& conn) { conn.wait_for_end(); }};
  auto options = dial_local(peer.port());
  options.deadline = 100ms;
  auto stage = std::string{"WebSocket upgrade"};
  SUBCASE("at the upgrade") {}
  SUBCASE("in the TLS handshake") {
    options.tls = trust("");
    stage = "TLS handshake";
  }
  const auto info = dial_to_failure(options);
  CHECK(info.cause == net::close_cause::timed_out);
  CHECK(says(info, stage));
  CHECK(says(info, "100 ms"));
}

TEST_CASE("another HTTP status than 101 ends in upgrade_refused with that status") {
  net_peer peer{[](net_conn& conn) {
    conn.read_until("\r\n\r\n");
    conn.write("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 5\r\n\r\nslow!");
    conn.wait_for_end();
  }};
  const auto info = dial_to_failure(dial_local(peer.port()));
  CHECK(info.cause == net::close_cause::upgrade_refused);
  CHECK(info.code == 429);
  CHECK(says(info, "HTTP 429 Too Many Requests"));
}

TEST_CASE("an answer to the upgrade that is not HTTP, or proves nothing, ends in protocol_error") {
  std::string answer = "SSH-2.0-OpenSSH_9.2\r\n\r\n";
  SUBCASE("another protocol") {}
  SUBCASE("a wrong Sec-WebSocket-Accept") {
    answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n";
  }
  net_peer peer{[answer](net_conn& conn) {
    conn.read_until("\r\n\r\n");
    conn.write(answer);
    conn.wait_for_end();
  }};
  CHECK(dial_to_failure(dial_local(peer.port())).cause == net::close_cause::protocol_error);
}

TEST_CASE("a connection that ends before the upgrade is answered ends in reset") {
  net_peer peer{[](net_conn& conn) { conn.read_until("\r\n\r\n"); }};
  CHECK(dial_to_failure(dial_local(peer.port())).cause == net::close_cause::reset);
}

TEST_CASE("a certificate that cannot be verified ends in tls_failed and says why") {
  const net_identity right{"127.0.0.1"};
  const net_identity wrong{"elsewhere.example"};
  const net_identity* shown = &right;
  std::string trusted;
  std::string words = "self-signed certificate";
  SUBCASE("self-signed, and nobody vouches for it") {}
  SUBCASE("for another name") {
    shown = &wrong;
    trusted = wrong.chain_file();
    words = "IP address mismatch";
  }
  net_peer peer{accept_and_wait, shown};
  auto options = dial_local(peer.port());
  options.tls = trust(trusted);
  const auto info = dial_to_failure(options);
  CHECK(info.cause == net::close_cause::tls_failed);
  CAPTURE(info.detail);
  CHECK(says(info, words));
}

TEST_CASE("a host name is verified against the certificate, and asked for by SNI") {
  const net_identity identity{"localhost"};
  net_peer peer{accept_and_wait, &identity};
  auto options = dial_local(peer.port());
  options.host = "localhost";
  options.tls = trust(identity.chain_file());
  link_probe probe{options};
  probe.link->open();
  REQUIRE(probe.run_until_open());
  CHECK(probe.opened == 1);
  CHECK(peer.server_name() == "localhost");
  probe.link = nullptr;
}

TEST_CASE("a server that ends TLS once the handshake is done, for want of a client's certificate, ends in its words") {
  net_identity identity{"127.0.0.1"};
  identity.ask_clients();
  net_peer peer{[](net_conn& conn) { conn.wait_for_end(); }, &identity};
  auto options = dial_local(peer.port());
  options.tls = trust(identity.chain_file());
  const auto info = dial_to_failure(options);
  CHECK(info.cause == net::close_cause::tls_failed);
  CHECK(says(info, "certificate required"));
}

TEST_CASE("the trailing dot of a full name is neither verified nor asked for by SNI") {
  const net_identity identity{"ex.test"};
  net_peer peer{accept_and_wait, &identity};
  name_stub names{four_only({"127.0.0.1"})};
  auto options = dial_local(peer.port());
  options.host = "ex.test.";
  options.name_servers = names.servers();
  options.tls = trust(identity.chain_file());
  link_probe probe{options};
  probe.link->open();
  REQUIRE(probe.run_until_open());
  CHECK(probe.opened == 1);
  CHECK(peer.server_name() == "ex.test");
  probe.link = nullptr;
}

TEST_CASE("a server that does not speak TLS ends in tls_failed") {
  net_peer peer{[](net_conn& conn) {
    conn.read_bytes(1);
    conn.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    conn.wait_for_end();
  }};
  auto options = dial_local(peer.port());
  options.tls = trust("");
  const auto info = dial_to_failure(options);
  CHECK(info.cause == net::close_cause::tls_failed);
  CHECK(says(info, "wrong version number"));
}

TEST_CASE("a dial that finds no room for its socket says that it is this machine, one that is refused does not") {
  std::uint16_t nobody = 0;
  {
    net_peer gone{[](net_conn&) {}};
    nobody = gone.port();
  }
  link_probe probe{dial_local(nobody)};
  const net::steady_timer first{probe.io}; // what the loop itself opens is open
  SUBCASE("no room") {
    const scarce_files none{0};
    probe.link->open();
    REQUIRE(probe.run_until_closed());
    CHECK(probe.closed->at_home);
    CHECK(probe.closed->detail.find("Too many open files") != std::string::npos);
  }
  SUBCASE("refused") {
    probe.link->open();
    REQUIRE(probe.run_until_closed());
    CHECK_FALSE(probe.closed->at_home);
  }
  CHECK(probe.closed->cause == net::close_cause::refused);
}
