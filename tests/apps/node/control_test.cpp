#include "apps/node/control.hpp"
#include "runtime/host/clock.hpp"
#include "runtime/net/http_client.hpp"
#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace cafnode;
using boost::asio::ip::tcp;

namespace {

control::node_views views_on(std::shared_ptr<observe::event_log> events) {
  control::node_views views;
  views.stage = std::make_shared<control::node_stage_cell>(control::node_stage::serving);
  views.clock = std::make_shared<host::machine_clock>();
  views.board = std::make_shared<session::board>();
  views.tree = std::make_shared<control::tree_view>();
  views.events = std::move(events);
  return views;
}

/// Asks, and reads whatever comes until the other side goes.
void ask_until_gone(std::uint16_t port, const std::string& target) {
  boost::asio::io_context io;
  boost::system::error_code gone;
  tcp::socket socket{io};
  if (socket.connect({boost::asio::ip::address_v4::loopback(), port}, gone))
    return;
  const auto request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  boost::asio::write(socket, boost::asio::buffer(request), gone);
  std::array<char, 4096> heard{};
  while (!gone)
    socket.read_some(boost::asio::buffer(heard), gone);
}

observe::event something() {
  observe::event happened;
  happened.kind = "phase_changed";
  return happened;
}

std::uint16_t port_of(const node::control_server& server) {
  const auto address = server.address();
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

conf::node_config on_any_port() {
  conf::node_config config;
  config.name = "tested";
  config.control.address = "127.0.0.1";
  config.control.port = 0;
  config.control.socket = conf::socket_off;
  return config;
}

} // namespace

SCENARIO("the control API ends while events are published, followed and asked for") {
  const auto events = std::make_shared<observe::event_log>(observe::event_log_config{});
  std::atomic<bool> over{false};
  std::vector<std::jthread> publishers;
  for (int each = 0; each < 2; ++each)
    publishers.emplace_back([&] {
      while (!over)
        events->publish(something());
    });
  for (int round = 0; round < 100; ++round) {
    auto opened = node::open_control(on_any_port(), 16, views_on(events), {});
    REQUIRE(opened);
    auto server = std::move(opened).value();
    server->serve();
    const auto before = events->last_seq();
    std::vector<std::jthread> clients;
    for (const auto* target : {"/api/v1/events?follow=1", "/api/v1/events?follow=1&since=1", "/livez"})
      clients.emplace_back([port = port_of(*server), target] { ask_until_gone(port, target); });
    // From no client at all to all of them being served: the end comes at another moment in each round.
    while (events->last_seq() < before + static_cast<std::uint64_t>(round) * 20)
      std::this_thread::yield();
    server.reset();
  }
  over = true;
}

SCENARIO(
    "a token and a certificate that were replaced count from the next reading on, and faulty ones change nothing") {
  const test::net_identity before{"127.0.0.1"};
  const test::net_identity after{"127.0.0.1"};
  const auto token_file = before.folder() + "/token";
  const auto put = [](const std::string& path, const std::string& text) {
    std::ofstream{path, std::ios::trunc} << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  };
  put(token_file, "the-token-of-yesterday\n");
  auto config = on_any_port();
  config.control.operate_token = token_file;
  config.control.tls_certificate = before.chain_file();
  config.control.tls_key = before.key_file();
  auto opened =
      node::open_control(config, 16, views_on(std::make_shared<observe::event_log>(observe::event_log_config{})), {});
  REQUIRE(opened);
  const auto server = std::move(opened).value();
  server->serve();
  const auto trusting = [](const test::net_identity& identity) {
    return net::make_tls_client({identity.chain_file(), true}).value();
  };
  const auto trusts_before = trusting(before);
  const auto trusts_after = trusting(after);
  const auto status = [&](const std::shared_ptr<const net::tls_context>& trusts, const std::string& token) {
    net::http_call call;
    call.port = port_of(*server);
    call.target = "/api/v1/status";
    call.tls = trusts;
    call.headers.emplace_back("Authorization", "Bearer " + token);
    const auto got = net::http_fetch(call);
    return got ? got.value().status : 0;
  };
  CHECK(status(trusts_before, "the-token-of-yesterday") == 200);
  CHECK(status(trusts_before, "the-token-of-today") == 401);
  WHEN("the files are replaced") {
    put(token_file, "the-token-of-today\n");
    std::filesystem::copy_file(after.key_file(), before.key_file(), std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(after.chain_file(), before.chain_file(),
                               std::filesystem::copy_options::overwrite_existing);
    CHECK(status(trusts_before, "the-token-of-yesterday") == 200);
    REQUIRE(server->read_keys_again(config.control));
    CHECK(status(trusts_after, "the-token-of-today") == 200);
    CHECK(status(trusts_after, "the-token-of-yesterday") == 401);
    CHECK(status(trusts_before, "the-token-of-today") == 0);
  }
  WHEN("one of them is faulty") {
    put(token_file, "the-token-of-today\n");
    put(before.chain_file(), "no certificate\n");
    const auto read = server->read_keys_again(config.control);
    REQUIRE(!read);
    CHECK(read.fault().find(before.chain_file()) != std::string::npos);
    CHECK(status(trusts_before, "the-token-of-yesterday") == 200);
    put(token_file, "short\n");
    CHECK(server->read_keys_again(config.control).fault().find(token_file) != std::string::npos);
    CHECK(status(trusts_before, "the-token-of-yesterday") == 200);
  }
}

SCENARIO("a unix socket whose file was removed is made again when asked, and one that stands is left alone") {
  const test::net_identity scratch{"127.0.0.1"};
  const auto folder = scratch.folder() + "/control";
  auto config = on_any_port();
  config.control.socket = folder + "/node.sock";
  auto opened =
      node::open_control(config, 16, views_on(std::make_shared<observe::event_log>(observe::event_log_config{})), {});
  REQUIRE(opened);
  auto server = std::move(opened).value();
  server->serve();
  const auto status = [&] {
    net::http_call call;
    call.socket = config.control.socket;
    call.target = "/api/v1/status";
    const auto got = net::http_fetch(call);
    return got ? got.value().status : 0;
  };
  CHECK_FALSE(server->mend_socket(config).value());
  CHECK(status() == 200);
  std::filesystem::remove_all(folder);
  CHECK(status() == 0);
  WHEN("its place is free") {
    CHECK(server->mend_socket(config).value());
    CHECK(status() == 200);
    CHECK_FALSE(server->mend_socket(config).value());
    server.reset();
    CHECK_FALSE(std::filesystem::exists(config.control.socket));
  }
  WHEN("its place is taken") {
    std::ofstream{folder} << "a file";
    CHECK(server->mend_socket(config).fault().find(folder) != std::string::npos);
    std::filesystem::remove(folder);
    CHECK(server->mend_socket(config).value());
    CHECK(status() == 200);
  }
}
