#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace cafnode;
using namespace cafnode::test;

namespace {

/// How a link ends whose peer says `bytes` after the upgrade, and what close frame the peer gets for it.
struct ending {
  net::close_info info;
  std::string answer; // payload of the close frame, its code first
  std::vector<std::string> frames;
};

ending end_after(const std::string& bytes, net::link_limits limits = {}, bool peer_leaves = false) {
  std::promise<std::string> answer;
  net_peer peer{[&bytes, &answer, peer_leaves](net_conn& conn) {
    conn.accept_upgrade();
    conn.write(bytes);
    if (!peer_leaves) {
      answer.set_value(conn.read_frame());
      conn.wait_for_end();
    }
  }};
  link_probe probe{dial_local(peer.port()), limits};
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closings == 1);
  CHECK_FALSE(probe.link->send("too late"));
  return {*probe.closed, peer_leaves ? "" : answer.get_future().get(), probe.frames};
}

std::string code_bytes(unsigned code) {
  return {static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
}

} // namespace

TEST_CASE("a peer that closes ends the link with its own code and words, and is answered") {
  const auto end = end_after(server_frame("last") + server_frame(code_bytes(4008) + "session moved", 0x88));
  CHECK(end.info.cause == net::close_cause::by_peer);
  CHECK(end.info.code == 4008);
  CHECK(end.info.reason == "session moved");
  CHECK(end.info.detail.find("4008 session moved") != std::string::npos);
  CHECK(end.frames == std::vector<std::string>{"last"});
  CHECK(end.answer.substr(0, 2) == code_bytes(4008));
}

TEST_CASE("every close code that a server may send is told") {
  for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U, 1013U, 1014U, 3000U,
                              3003U, 3999U, 4000U, 4999U}) {
    CAPTURE(code);
    const auto end = end_after(server_frame("last") + server_frame(code_bytes(code) + "why", 0x88));
    CHECK(end.info.cause == net::close_cause::by_peer);
    CHECK(end.info.code == code);
    CHECK(end.info.reason == "why");
    CHECK(end.info.detail.find(std::to_string(code) + " why") != std::string::npos);
  }
}

TEST_CASE("a frame of 64 MiB is refused from its header alone") {
  const auto header = server_frame(std::string(std::size_t{64} << 20U, ' ')).substr(0, 10);
  const auto end = end_after(header);
  CHECK(end.info.cause == net::close_cause::frame_too_big);
  CHECK(end.answer.substr(0, 2) == code_bytes(1009));
}

TEST_CASE("fragments that add up beyond the limit are refused") {
  const std::string piece(600, 'x');
  const auto end = end_after(server_frame(piece, 0x01) + server_frame(piece, 0x80), {1000, 1000});
  CHECK(end.info.cause == net::close_cause::frame_too_big);
  CHECK(end.frames.empty());
}

TEST_CASE("a message of exactly the limit passes") {
  const std::string whole(1000, 'x');
  const auto end = end_after(server_frame(whole) + server_frame(code_bytes(1000), 0x88), {1000, 1000});
  CHECK(end.info.cause == net::close_cause::by_peer);
  CHECK(end.frames == std::vector<std::string>{whole});
}

TEST_CASE("a binary message is delivered like a text") {
  const auto end = end_after(server_frame("binary", 0x82) + server_frame(code_bytes(1000), 0x88));
  CHECK(end.info.cause == net::close_cause::by_peer);
  CHECK(end.frames == std::vector<std::string>{"binary"});
}

TEST_CASE("what breaks the WebSocket protocol ends in protocol_error and is told so") {
  std::string bytes;
  unsigned code = 1002;
  SUBCASE("invalid UTF-8") {
    bytes = server_frame("\xc3\x28");
    code = 1007;
  }
  SUBCASE("UTF-8 cut at the end of the message") {
    bytes = server_frame("\xe2\x82");
    code = 1007;
  }
  SUBCASE("a masked frame") {
    bytes = std::string{"\x81\x83"} + "abcdxyz";
  }
  SUBCASE("a reserved bit") {
    bytes = server_frame("x", 0xc1);
  }
  SUBCASE("an unknown opcode") {
    bytes = server_frame("x", 0x83);
  }
  SUBCASE("a continuation of nothing") {
    bytes = server_frame("x", 0x80);
  }
  SUBCASE("a fragmented ping") {
    bytes = server_frame("x", 0x09);
  }
  SUBCASE("garbage") {
    bytes = std::string(64, '\xff');
  }
  SUBCASE("a close code that does not exist") {
    bytes = server_frame(code_bytes(1005), 0x88);
  }
  const auto end = end_after(bytes);
  CHECK(end.info.cause == net::close_cause::protocol_error);
  CHECK(end.answer.substr(0, 2) == code_bytes(code));
  CHECK(end.frames.empty());
}

TEST_CASE("a connection that breaks without a close frame ends in reset") {
  std::string bytes;
  SUBCASE("between frames") {}
  SUBCASE("inside a frame's header") {
    bytes = "\x81";
  }
  SUBCASE("inside a frame") {
    bytes = server_frame("0123456789").substr(0, 6);
  }
  const auto end = end_after(bytes, {}, true);
  CHECK(end.info.cause == net::close_cause::reset);
  CHECK(end.info.code == 0);
}

TEST_CASE("a connection reset by the peer ends in reset") {
  net_peer peer{[](net_conn& conn) {
    conn.accept_upgrade();
    conn.read_frame();
    conn.reset();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.at_open = [&probe] { probe.link->send("go"); };
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closed->cause == net::close_cause::reset);
}

TEST_CASE("over TLS, too, a closing peer, a broken connection and broken bytes are told apart") {
  const net_identity identity{"127.0.0.1"};
  net_peer::script play = [](net_conn& conn) {
    conn.accept_upgrade();
    conn.write(server_frame(code_bytes(1014) + "bye", 0x88));
    conn.read_frame();
  };
  auto cause = net::close_cause::by_peer;
  std::string words;
  SUBCASE("a close frame") {}
  SUBCASE("the end of the connection") {
    play = [](net_conn& conn) { conn.accept_upgrade(); };
    cause = net::close_cause::reset;
  }
  SUBCASE("bytes that are no TLS record") {
    play = [](net_conn& conn) {
      conn.accept_upgrade();
      conn.read_frame();
      conn.write_raw("\x17" + std::string(63, 'x'));
      conn.wait_for_end();
    };
    cause = net::close_cause::tls_failed;
    words = ", while a message was awaited: wrong version number";
  }
  SUBCASE("a record that was forged") {
    play = [](net_conn& conn) {
      conn.accept_upgrade();
      conn.read_frame();
      conn.write_raw(std::string{"\x17\x03\x03\x00\x40", 5} + std::string(64, 'x'));
      conn.wait_for_end();
    };
    cause = net::close_cause::tls_failed;
    words = ", while a message was awaited: decryption failed or bad record mac";
  }
  net_peer peer{play, &identity};
  auto options = dial_local(peer.port());
  options.tls = net::make_tls_client({identity.chain_file(), true}).value();
  link_probe probe{options};
  probe.at_open = [&probe] { probe.link->send("go"); };
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CAPTURE(probe.closed->detail);
  CHECK(probe.opened == 1);
  CHECK(probe.closed->cause == cause);
  CHECK(probe.closed->code == (cause == net::close_cause::by_peer ? 1014 : 0));
  CHECK(probe.closed->detail.find(words) != std::string::npos);
}

TEST_CASE("a peer that does not read ends the link with queue_full, within the bound") {
  std::promise<void> over;
  net_peer peer{[&over](net_conn& conn) {
    conn.accept_upgrade();
    over.get_future().wait_for(std::chrono::seconds{10});
  }};
  net::link_limits limits;
  limits.queue_bytes_max = 100'000;
  link_probe probe{dial_local(peer.port()), limits};
  probe.link->open();
  REQUIRE(probe.run_until_open());
  const std::string text(10'000, 'x');
  std::size_t most = 0;
  CHECK(run_until(probe.io, [&probe, &text, &most] {
    while (probe.link->send(text))
      most = std::max(most, probe.link->queued_bytes());
    CHECK(probe.closings == 0); // never from inside a call to the link
    return true;
  }));
  CHECK(most <= limits.queue_bytes_max);
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closed->cause == net::close_cause::queue_full);
  CHECK(probe.closings == 1);
  over.set_value();
}

TEST_CASE("close() sends what was accepted first, then its code and words, and ends by_us at the peer's answer") {
  std::promise<std::string> heard;
  net_peer peer{[&heard](net_conn& conn) {
    conn.accept_upgrade();
    auto all = conn.read_frame();
    all += conn.read_frame();
    const auto close = conn.read_frame();
    heard.set_value(all + close.substr(2));
    conn.write(server_frame("still here") + server_frame(close, 0x88));
    conn.wait_for_end();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.at_open = [&probe] {
    probe.link->send("a");
    probe.link->send("b");
    probe.link->close(1000, "done");
    CHECK_FALSE(probe.link->send("c"));
  };
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closed->cause == net::close_cause::by_us);
  CHECK(probe.closed->detail == "closed by us");
  CHECK(heard.get_future().get() == "abdone");
}

TEST_CASE("close() ends by_us after two seconds when the peer does not answer") {
  net_peer peer{[](net_conn& conn) {
    conn.accept_upgrade();
    conn.wait_for_end();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.at_open = [&probe] { probe.link->close(1000, ""); };
  probe.link->open();
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closed->cause == net::close_cause::by_us);
  CHECK(probe.closed->detail.find("two seconds") != std::string::npos);
}

TEST_CASE("close() before the link is open ends by_us") {
  net_peer peer{[](net_conn& conn) { conn.wait_for_end(); }};
  link_probe probe{dial_local(peer.port())};
  probe.link->open();
  probe.link->close(1000, "");
  CHECK(probe.closings == 0);
  REQUIRE(probe.run_until_closed());
  CHECK(probe.closed->cause == net::close_cause::by_us);
  CHECK(probe.opened == 0);
}

TEST_CASE("each cause has a name") {
  for (int cause = 0; cause <= static_cast<int>(net::close_cause::queue_full); ++cause)
    CHECK(net::to_string(static_cast<net::close_cause>(cause)) != "unknown");
}
