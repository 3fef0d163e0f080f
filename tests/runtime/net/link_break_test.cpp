// A connection that breaks under a write still tells why it broke; and how a link leaves TLS.
#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <future>

using namespace cafnode;
using namespace cafnode::test;

namespace {

const std::string heartbeat_close = std::string{"\x0f\xa0"} + "heartbeat close"; // 4000

/// A peer that says `last`, and `raw` past TLS, and then resets, while the link's owner writes before it reads: the
/// first write finds the connection broken.
net::close_info broken_under_write(const std::string& last, const net_identity* identity,
                                   std::vector<std::string>* frames = nullptr, const std::string& raw = {}) {
  std::promise<void> gone;
  net_peer peer{[&](net_conn& conn) {
                  conn.accept_upgrade();
                  conn.read_frame();
                  conn.write(server_frame("busy") + last);
                  conn.write_raw(raw);
                  conn.reset();
                  gone.set_value();
                },
                identity};
  auto options = dial_local(peer.port());
  if (identity != nullptr)
    options.tls = net::make_tls_client({identity->chain_file(), true}).value();
  link_probe probe{options};
  probe.reads_on = false;
  probe.at_open = [&] {
    probe.link->send("go");
    boost::asio::post(probe.io, [&] {
      gone.get_future().wait();
      for (int i = 0; i < 3; ++i)
        probe.link->send("an order");
      probe.reads_on = true;
      probe.link->read_next();
    });
  };
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closings == 1);
  if (frames != nullptr)
    *frames = probe.frames;
  return *probe.closed;
}

} // namespace

TEST_CASE("the close code of a peer that has gone is told although our write found the connection broken") {
  const net_identity identity{"127.0.0.1"};
  for (const auto* tls : {static_cast<const net_identity*>(nullptr), &identity}) {
    CAPTURE(tls != nullptr);
    std::vector<std::string> frames;
    const auto info =
        broken_under_write(server_frame("order filled") + server_frame(heartbeat_close, 0x88), tls, &frames);
    CHECK(info.cause == net::close_cause::by_peer);
    CHECK(info.code == 4000);
    CHECK(info.reason == "heartbeat close");
    CHECK(frames == std::vector<std::string>{"busy", "order filled"}); // news before the end is not lost, either
  }
}

TEST_CASE("a close frame without a code is the peer's close, too") {
  const auto info = broken_under_write(server_frame("", 0x88), nullptr);
  CHECK(info.cause == net::close_cause::by_peer);
  CHECK(info.code == 0);
}

TEST_CASE("TLS's own words are told although our write found the connection broken") {
  const net_identity identity{"127.0.0.1"};
  const auto info = broken_under_write("", &identity, nullptr, "\x17" + std::string(63, 'x'));
  CHECK(info.cause == net::close_cause::tls_failed);
  CAPTURE(info.detail);
  CHECK(info.detail.find("wrong version number") != std::string::npos);
}

TEST_CASE("a connection that broke under a write without a close frame says so") {
  const auto info = broken_under_write("", nullptr);
  CHECK(info.cause == net::close_cause::reset);
  CHECK(info.code == 0);
}

TEST_CASE("an owner that does not read on hears of a broken connection all the same, and can send no more") {
  std::promise<void> gone;
  net_peer peer{[&gone](net_conn& conn) {
    conn.accept_upgrade();
    conn.read_frame();
    conn.write(server_frame("busy"));
    conn.reset();
    gone.set_value();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.reads_on = false;
  probe.at_open = [&] {
    probe.link->send("go");
    boost::asio::post(probe.io, [&] {
      gone.get_future().wait();
      probe.link->send("an order");
    });
  };
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closed->cause == net::close_cause::reset);
  CHECK(probe.closed->detail.find("while a message was sent") != std::string::npos);
  CHECK_FALSE(probe.link->send("another"));
}

TEST_CASE("a link over TLS says goodbye, however it ends") {
  const net_identity identity{"127.0.0.1"};
  std::promise<bool> told;
  net_peer peer{[&told](net_conn& conn) {
                  conn.accept_upgrade();
                  conn.read_frame();
                  conn.write(server_frame("one") + server_frame("two"));
                  conn.wait_for_end();
                  told.set_value(conn.told_goodbye());
                },
                &identity};
  auto options = dial_local(peer.port());
  options.tls = net::make_tls_client({identity.chain_file(), true}).value();
  link_probe probe{options};
  probe.at_open = [&probe] { probe.link->send("go"); };
  SUBCASE("destroyed by its owner") {
    probe.link->open();
    REQUIRE(probe.run_until_frames(2));
  }
  SUBCASE("destroyed with messages unread") {
    probe.reads_on = false;
    probe.link->open();
    REQUIRE(probe.run_until_open());
    run_until(probe.io, [wait = 5]() mutable { return --wait < 0; });
  }
  probe.link = nullptr;
  CHECK(told.get_future().get());
}

TEST_CASE("a refused upgrade over TLS ends with a goodbye, too") {
  const net_identity identity{"127.0.0.1"};
  std::promise<bool> told;
  net_peer peer{[&told](net_conn& conn) {
                  conn.read_until("\r\n\r\n");
                  conn.write("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\n");
                  conn.wait_for_end();
                  told.set_value(conn.told_goodbye());
                },
                &identity};
  auto options = dial_local(peer.port());
  options.tls = net::make_tls_client({identity.chain_file(), true}).value();
  link_probe probe{options};
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(told.get_future().get());
}
