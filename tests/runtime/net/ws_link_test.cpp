#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace cafnode;
using namespace cafnode::test;

TEST_CASE("a link upgrades, gets each message once, and sends text in order") {
  std::promise<std::string> request;
  std::promise<std::string> heard;
  net_peer peer{[&request, &heard](net_conn& conn) {
    request.set_value(conn.accept_upgrade());
    conn.write(server_frame("one") + server_frame("") + server_frame(std::string(300, 'x')));
    auto text = conn.read_frame();
    text += conn.read_frame();
    text += conn.read_frame();
    heard.set_value(text);
    conn.wait_for_end();
  }};
  auto options = dial_local(peer.port());
  options.path = "/ws/api/v2?x=1";
  link_probe probe{options};
  probe.at_open = [&probe] {
    CHECK(probe.link->send("a"));
    CHECK(probe.link->send(std::string(5000, 'b')));
    CHECK(probe.link->send("c"));
    CHECK(probe.link->queued_bytes() == 5002);
  };
  probe.link->open();
  REQUIRE(probe.run_until_frames(3));
  if (probe.closed)
    FAIL(probe.closed->detail);
  CHECK(probe.frames == std::vector<std::string>{"one", "", std::string(300, 'x')});
  CHECK(run_until(probe.io, [&probe] { return probe.link->queued_bytes() == 0; }));
  CHECK(heard.get_future().get() == "a" + std::string(5000, 'b') + "c");
  const auto asked = request.get_future().get();
  CHECK(asked.rfind("GET /ws/api/v2?x=1 HTTP/1.1\r\n", 0) == 0);
  CHECK(asked.find("Host: 127.0.0.1:" + std::to_string(peer.port())) != std::string::npos);
  probe.link = nullptr;
}

TEST_CASE("a link over TLS verifies its peer and carries messages both ways") {
  const net_identity identity{"127.0.0.1"};
  net_peer peer{[](net_conn& conn) {
                  conn.accept_upgrade();
                  conn.write(server_frame(conn.read_frame()));
                  conn.wait_for_end();
                },
                &identity};
  auto options = dial_local(peer.port());
  auto tls = net::make_tls_client({identity.chain_file(), true});
  REQUIRE(tls.has_value());
  options.tls = tls.value();
  link_probe probe{options};
  probe.at_open = [&probe] { probe.link->send("hello"); };
  probe.link->open();
  REQUIRE(probe.run_until_frames(1));
  if (probe.closed)
    FAIL(probe.closed->detail);
  CHECK(probe.frames.front() == "hello");
  probe.link = nullptr;
}
