// What a server may answer to the upgrade, over a socket, with and without TLS.
#include "runtime/net/tls_source.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

using namespace cafnode;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 5s; // far beyond what an answer takes

net::close_info answered(const std::string& bytes, bool leaves, const net_identity* identity = nullptr,
                         std::chrono::milliseconds deadline = 20s) {
  net_peer peer{[&bytes, leaves](net_conn& conn) {
                  conn.read_until("\r\n\r\n");
                  conn.write(bytes);
                  if (!leaves)
                    conn.wait_for_end();
                },
                identity};
  auto options = dial_local(peer.port());
  options.deadline = deadline;
  if (identity != nullptr)
    options.tls = net::make_tls_client({identity->chain_file(), true}).value();
  link_probe probe{options};
  const auto began = std::chrono::steady_clock::now();
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.opened == 0);
  CHECK(std::chrono::steady_clock::now() - began < patience);
  return *probe.closed;
}

const std::string cookies = [] {
  std::string out;
  for (int i = 0; i < 14; ++i)
    out += "Set-Cookie: __cf" + std::to_string(i) + "=" + std::string(180, 'a') + "; path=/\r\n";
  return out;
}();

} // namespace

TEST_CASE("the head of a refusal is the answer, at once, though its body never ends") {
  const net_identity identity{"127.0.0.1"};
  for (const auto* tls : {static_cast<const net_identity*>(nullptr), &identity})
    for (const bool leaves : {false, true})
      for (const auto& fields :
           {std::string{"Content-Length: 100000\r\n"}, std::string{"Transfer-Encoding: chunked\r\n"}, std::string{},
            cookies + "Content-Length: 5\r\n", std::string{"Content-Length: nonsense\r\nContent-Length: 7\r\n"}}) {
        CAPTURE(leaves);
        CAPTURE(fields);
        const auto info =
            answered("HTTP/1.1 503 Service Unavailable\r\n" + fields + "Retry-After: 7\r\n\r\nabc", leaves, tls);
        CHECK(info.cause == net::close_cause::upgrade_refused);
        CHECK(info.code == 503);
        CHECK(info.http_status == 503);
        CHECK(info.retry_after == 7s);
        CHECK(info.detail.find("HTTP 503 Service Unavailable") != std::string::npos);
      }
}

TEST_CASE("a refusal whose head does not end keeps its status when the time is over") {
  const auto info = answered("HTTP/1.1 502 Bad Gateway\r\nRetry-After: 3\r\nX: ", false, nullptr, 200ms);
  CHECK(info.cause == net::close_cause::upgrade_refused);
  CHECK(info.http_status == 502);
  CHECK(info.retry_after == 3s);
}

TEST_CASE("a head that accepts, but does not end in time, is slow and breaks nothing") {
  const auto info = answered("HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso", false, nullptr, 200ms);
  CHECK(info.cause == net::close_cause::timed_out);
  CHECK(info.detail.find("200 ms; it ended in the WebSocket upgrade: HTTP 101") != std::string::npos);
}

TEST_CASE("another protocol is known from its first line") {
  CHECK(answered("SSH-2.0-OpenSSH_9.2\r\n", false).cause == net::close_cause::protocol_error);
}

TEST_CASE("an odd answer that accepts does not confuse the frames behind it") {
  const net_identity identity{"127.0.0.1"};
  for (const auto* tls : {static_cast<const net_identity*>(nullptr), &identity})
    for (const auto& fields :
         {std::string{}, cookies + cookies + cookies, std::string{"Content-Length: 2147483647\r\n"},
          std::string{"Transfer-Encoding: chunked\r\n"}}) {
      CAPTURE(fields);
      const std::string big(3000, 'x'); // more than the buffers that it passes through on the way
      net_peer peer{[&](net_conn& conn) {
                      conn.accept_upgrade(fields, server_frame("first") + server_frame(big) + "\x81");
                      conn.read_frame();
                      conn.write(std::string{"\x04"} + "last");
                      conn.wait_for_end();
                    },
                    tls};
      auto options = dial_local(peer.port());
      if (tls != nullptr)
        options.tls = net::make_tls_client({tls->chain_file(), true}).value();
      link_probe probe{options};
      probe.at_open = [&probe] { probe.link->send("go"); };
      probe.link->open();
      REQUIRE(probe.run_until_frames(3));
      CHECK(probe.frames == std::vector<std::string>{"first", big, "last"});
      probe.link = nullptr;
    }
}

TEST_CASE("a close frame that comes with the answer is read like any other") {
  net_peer peer{[](net_conn& conn) {
    conn.accept_upgrade({}, server_frame("\x03\xf6upstream", 0x88));
    conn.wait_for_end();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closed->cause == net::close_cause::by_peer);
  CHECK(probe.closed->code == 1014);
  CHECK(probe.closed->reason == "upstream");
}

TEST_CASE("a CA file is read anew at each dial: what is broken is named, what is mended is used") {
  const net_identity old{"127.0.0.1"};
  const net_identity renewed{"127.0.0.1"};
  const auto file = old.folder() + "/trusted.pem";
  std::filesystem::copy_file(old.chain_file(), file);
  auto options = dial_local(0);
  options.tls_from = std::make_shared<net::tls_source>(net::tls_client_options{file, true});
  bool at_home = false;
  const auto dial = [&options, &at_home](const net_identity& shown) {
    net_peer peer{[](net_conn& conn) {
                    conn.accept_upgrade();
                    conn.wait_for_end();
                  },
                  &shown};
    options.port = peer.port();
    link_probe probe{options};
    probe.link->open();
    probe.run_until_open();
    at_home = probe.closed && probe.closed->at_home;
    return probe.opened == 1 ? std::string{} : probe.closed->detail;
  };
  const auto replace = [&file](const std::string& by) {
    std::filesystem::copy_file(by, file + ".new");
    std::filesystem::rename(file + ".new", file);
  };
  CHECK(dial(old).empty());
  CHECK(options.tls_from->current().value() == options.tls_from->current().value()); // read once
  CHECK(dial(renewed).find("self-signed") != std::string::npos);
  CHECK_FALSE(at_home); // it is the peer that shows what is not trusted
  replace(renewed.chain_file());
  CHECK(dial(renewed).empty());
  std::ofstream{file} << "no certificate";
  CHECK(dial(renewed).find("no certificate in the CA file " + file) != std::string::npos);
  CHECK(at_home);
  std::filesystem::remove(file);
  CHECK(dial(renewed).find(file + ": No such file") != std::string::npos);
  replace(renewed.chain_file());
  CHECK(dial(renewed).empty());
}
