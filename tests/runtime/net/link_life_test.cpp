#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace cafnode;
using namespace cafnode::test;

namespace {

void hold(net_conn& conn) {
  conn.accept_upgrade();
  conn.wait_for_end();
}

/// Runs out what a destroyed link left behind: it must end by itself, and call nobody.
void expect_silence(link_probe& probe, int opened, std::size_t frames) {
  probe.io.restart();
  probe.io.run_for(std::chrono::seconds{10});
  CHECK(probe.io.stopped()); // out of work, not out of time
  CHECK(probe.opened == opened);
  CHECK(probe.frames.size() == frames);
}

} // namespace

TEST_CASE("a link destroyed while it dials calls nobody any more") {
  net_peer peer{hold};
  auto options = dial_local(peer.port());
  SUBCASE("before it was opened") {
    link_probe probe{options};
    probe.link = nullptr;
    expect_silence(probe, 0, 0);
    link_probe used{options}; // lets the peer end
    used.link->open();
    used.run_until_open();
    used.link = nullptr;
  }
  SUBCASE("at once") {
    link_probe probe{options};
    probe.link->open();
    probe.link = nullptr;
    expect_silence(probe, 0, 0);
  }
  SUBCASE("while it looks up a name") {
    options.host = "localhost";
    link_probe probe{options};
    probe.link->open();
    probe.link = nullptr;
    expect_silence(probe, 0, 0);
  }
  SUBCASE("after each of its first steps") {
    for (int steps = 1; steps < 5; ++steps) {
      net_peer other{hold};
      link_probe probe{dial_local(other.port())};
      probe.link->open();
      for (int step = 0; step < steps; ++step)
        probe.io.run_one();
      const int opened = probe.opened;
      probe.link = nullptr;
      CHECK(probe.closings == 0);
      expect_silence(probe, opened, 0);
    }
  }
}

TEST_CASE("a link destroyed in the TLS handshake calls nobody any more") {
  std::promise<void> hello;
  net_peer peer{[&hello](net_conn& conn) {
    conn.read_bytes(1);
    hello.set_value();
    conn.wait_for_end();
  }};
  auto options = dial_local(peer.port());
  options.tls = net::make_tls_client({}).value();
  link_probe probe{options};
  probe.link->open();
  auto said = hello.get_future();
  REQUIRE(run_until(probe.io, [&said] { return said.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
  probe.link = nullptr;
  CHECK(probe.closings == 0);
  expect_silence(probe, 0, 0);
}

TEST_CASE("a link may be destroyed from inside each of its calls") {
  net_peer peer{[](net_conn& conn) {
    conn.accept_upgrade();
    conn.write(server_frame("one") + server_frame("two"));
    conn.wait_for_end();
  }};
  link_probe probe{dial_local(peer.port()), {1000, 10}};
  const auto destroy = [&probe] { probe.link = nullptr; };
  SUBCASE("on_link_open") {
    probe.at_open = destroy;
    probe.link->open();
    probe.run_until_open();
    expect_silence(probe, 1, 0);
  }
  SUBCASE("on_link_frame") {
    probe.at_frame = destroy;
    probe.link->open();
    probe.run_until_frames(1);
    expect_silence(probe, 1, 1);
  }
  SUBCASE("on_link_closed") {
    probe.at_open = [&probe] { CHECK_FALSE(probe.link->send("more than ten bytes")); };
    probe.at_closed = destroy;
    probe.link->open();
    probe.run_until_closed();
    expect_silence(probe, 1, probe.frames.size());
    CHECK(probe.closings == 1);
  }
}

TEST_CASE("a link destroyed between its last breath and the news of it is silent") {
  net_peer peer{hold};
  link_probe probe{dial_local(peer.port()), {1000, 10}};
  probe.at_open = [&probe] {
    CHECK_FALSE(probe.link->send("more than ten bytes"));
    probe.link = nullptr;
  };
  probe.link->open();
  probe.run_until_open();
  expect_silence(probe, 1, 0);
  CHECK(probe.closings == 0);
}

TEST_CASE("a link destroyed with reads, writes and a close under way is silent") {
  std::promise<void> over;
  net_peer peer{[&over](net_conn& conn) {
    conn.accept_upgrade();
    over.get_future().wait_for(std::chrono::seconds{10});
  }};
  link_probe probe{dial_local(peer.port()), {1000, std::size_t{64} << 20U}};
  probe.link->open();
  REQUIRE(probe.run_until_open());
  const std::string text(std::size_t{1} << 20U, 'x');
  for (int count = 0; count < 32; ++count)
    CHECK(probe.link->send(text));
  probe.io.poll();
  CHECK(probe.link->queued_bytes() > 0);
  probe.link->close(1000, "");
  probe.io.poll();
  probe.link = nullptr;
  expect_silence(probe, 1, 0);
  CHECK(probe.closings == 0);
  over.set_value();
}

TEST_CASE("nothing is read until it is asked for") {
  net_peer peer{[](net_conn& conn) {
    conn.accept_upgrade();
    conn.write(server_frame("one") + server_frame("two"));
    conn.wait_for_end();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.reads_on = false;
  probe.link->open();
  REQUIRE(probe.run_until_open());
  probe.io.restart();
  probe.io.poll();
  CHECK(probe.frames.empty());
  probe.link->read_next();
  REQUIRE(probe.run_until_frames(1));
  probe.io.restart();
  probe.io.poll();
  CHECK(probe.frames == std::vector<std::string>{"one"});
  CHECK(probe.link->frame() == "one");
  probe.link->read_next();
  REQUIRE(probe.run_until_frames(2));
  probe.link = nullptr;
}

TEST_CASE("a ping is told, and answered with its own payload, while a message is awaited") {
  std::promise<std::string> pong;
  net_peer peer{[&pong](net_conn& conn) {
    conn.accept_upgrade();
    conn.write(server_frame("are you there", 0x89));
    int opcode = 0;
    auto payload = conn.read_frame(&opcode);
    pong.set_value(opcode == 10 ? payload : "not a pong");
    conn.write(server_frame("good"));
    conn.wait_for_end();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.link->open();
  REQUIRE(probe.run_until_frames(1));
  CHECK(pong.get_future().get() == "are you there");
  CHECK(probe.pings == 1);
  probe.link = nullptr;
}

TEST_CASE("a message in fragments, with a ping between them, is delivered whole") {
  net_peer peer{[](net_conn& conn) {
    conn.accept_upgrade();
    conn.write(server_frame("he", 0x01) + server_frame("", 0x89) + server_frame("llo", 0x80));
    conn.wait_for_end();
  }};
  link_probe probe{dial_local(peer.port())};
  probe.link->open();
  REQUIRE(probe.run_until_frames(1));
  CHECK(probe.frames.front() == "hello");
  CHECK(probe.pings == 1);
  probe.link = nullptr;
}

TEST_CASE("messages of every size come through, both ways, plain and over TLS") {
  const net_identity identity{"127.0.0.1"};
  const net_identity* shown = nullptr;
  SUBCASE("plain") {}
  SUBCASE("TLS") {
    shown = &identity;
  }
  const std::vector<std::size_t> sizes{0, 1, 125, 126, 127, 1500, 4096, 16384, 65535, 65536, 1000000};
  net_peer peer{[&sizes](net_conn& conn) {
                  conn.accept_upgrade();
                  for (std::size_t count = 0; count < sizes.size(); ++count)
                    conn.write(server_frame(conn.read_frame()));
                  conn.wait_for_end();
                },
                shown};
  auto options = dial_local(peer.port());
  if (shown != nullptr)
    options.tls = net::make_tls_client({identity.chain_file(), true}).value();
  net::link_limits limits;
  limits.queue_bytes_max = std::size_t{4} << 20U;
  link_probe probe{options, limits};
  probe.at_open = [&probe, &sizes] {
    for (const auto size : sizes)
      CHECK(probe.link->send(std::string(size, static_cast<char>('a' + size % 26))));
  };
  probe.link->open();
  REQUIRE(probe.run_until_frames(sizes.size()));
  REQUIRE(probe.frames.size() == sizes.size());
  for (std::size_t at = 0; at < sizes.size(); ++at)
    CHECK(probe.frames[at] == std::string(sizes[at], static_cast<char>('a' + sizes[at] % 26)));
  probe.link = nullptr;
}
