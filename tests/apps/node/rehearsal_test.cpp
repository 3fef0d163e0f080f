#include "apps/node/rehearsal.hpp"
#include "runtime/net/local_socket.hpp"
#include "tests/support/net_peer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace cafnode;
using boost::asio::ip::tcp;
namespace fs = std::filesystem;

namespace {

/// A folder with room for what a start needs, and what a node runs with.
struct place {
  test::net_identity identity{"node.test"};
  conf::node_config running;

  [[nodiscard]] std::string path(const std::string& name) const { return identity.folder() + "/" + name; }

  [[nodiscard]] std::string token(fs::perms mode) const {
    const auto file = path("token");
    std::ofstream{file} << std::string(32, 'x') << "\n";
    fs::permissions(file, mode);
    return file;
  }

  /// Why no node starts with what `edit` makes of what runs; empty: it does.
  template<class Edit>
  [[nodiscard]] std::string told(Edit edit) const {
    auto wanted = running;
    edit(wanted);
    return node::why_no_start(running, wanted).value_or("");
  }
};

bool tells(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

SCENARIO("what a start would fail on is told before: a token") {
  const place here;
  CHECK(here.told([](conf::node_config&) {}).empty());
  CHECK(tells(here.told([&](auto& c) { c.control.read_token = here.path("none"); }), "control.tokens.read: "));
  const auto open = here.token(fs::perms::owner_read | fs::perms::others_read);
  CHECK(tells(here.told([&](auto& c) { c.control.trade_token = open; }), "control.tokens.trade: "));
  const auto good = here.token(fs::perms::owner_read);
  CHECK(here.told([&](auto& c) { c.control.trade_token = good; }).empty());
}

SCENARIO("what a start would fail on is told before: the certificate") {
  const place here;
  const auto with = [&](const std::string& certificate, const std::string& key) {
    return here.told([&](auto& c) {
      c.control.tls_certificate = certificate;
      c.control.tls_key = key;
    });
  };
  CHECK(with(here.identity.chain_file(), here.identity.key_file()).empty());
  CHECK(tells(with(here.path("none"), here.identity.key_file()), "control.tls: "));
  CHECK(tells(with(here.identity.chain_file(), here.path("none")), "control.tls: "));
}

SCENARIO("what a start would fail on is told before: the log file, of which nothing stays") {
  place here;
  const auto with = [&](const std::string& file) { return here.told([&](auto& c) { c.log_file = file; }); };
  CHECK(with(here.path("node.log")).empty());
  CHECK_FALSE(fs::exists(here.path("node.log")));
  CHECK(
      tells(with(here.path("none/node.log")), "log.file " + here.path("none/node.log") + " cannot be opened: No such"));
  CHECK_FALSE(fs::exists(here.path("none")));
  CHECK(tells(with(here.identity.folder()), "cannot be opened"));
  std::ofstream{here.path("old.log")} << "line\n";
  CHECK(with(here.path("old.log")).empty());
  CHECK(fs::file_size(here.path("old.log")) == 5);
  here.running.log_file = here.path("none/node.log"); // it holds that one, wherever its folder went
  CHECK(with(here.running.log_file).empty());
}

SCENARIO("what a start would fail on is told before: the port and the address") {
  place here;
  boost::asio::io_context io;
  const tcp::acceptor taken{io, {boost::asio::ip::address_v4::loopback(), 0}};
  const auto port = taken.local_endpoint().port();
  const auto with = [&](const std::string& address, std::uint16_t wanted) {
    return here.told([&](auto& c) {
      c.control.address = address;
      c.control.port = wanted;
    });
  };
  CHECK(with("127.0.0.1", 0).empty());
  CHECK(tells(with("127.0.0.1", port), "cannot be had: Address already in use"));
  CHECK(tells(with("192.0.2.1", 0), "cannot be had"));
  here.running.control.port = port; // its own: it holds that one
  CHECK(with("127.0.0.1", port).empty());
  CHECK(with("127.0.0.2", port).empty());
  CHECK(tells(with("192.0.2.1", port), "cannot be had"));
}

SCENARIO("what a start would fail on is told before: the folder of the unix socket, which is not made") {
  const place here;
  const auto with = [&](const std::string& path) { return here.told([&](auto& c) { c.control.socket = path; }); };
  fs::permissions(here.identity.folder(), fs::perms::owner_all);
  CHECK(with("off").empty());
  CHECK(with(here.path("node.sock")).empty());
  CHECK(with(here.path("new/node.sock")).empty());
  CHECK_FALSE(fs::exists(here.path("new")));
  CHECK(tells(with(here.path("none/new/node.sock")), "control.socket: "));
  CHECK(tells(with(here.identity.chain_file()), "is not a socket"));
  fs::create_directory(here.path("open"));
  fs::permissions(here.path("open"), fs::perms::all);
  CHECK(tells(with(here.path("open/node.sock")), "lets others in"));
  const auto own = net::local_socket::listen(here.path("own.sock"));
  REQUIRE(own.has_value());
  CHECK(with(here.path("own.sock")).empty());
}
