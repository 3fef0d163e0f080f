#include "conf/control_check.hpp"
#include "conf/loader.hpp"
#include "conf/loopback.hpp"
#include "conf/secret_source.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace cafnode::conf;

namespace {

/// A configuration whose section `control` is this, which begins on line 3.
loaded with_control(const std::string& control) {
  return load_text("f.yaml",
                   "apiVersion: caf-node/v1\nkind: Node\ncontrol: " + control +
                       "\nexchanges:\n  - name: deribit\n    venue: deribit\n    url: {host: 127.0.0.1, port: 1, "
                       "tls: false}\n    auth: {method: none}\n    connections:\n      - name: alpha\n");
}

constexpr auto guarded = "tls: {certificate: /c, key: /k}, tokens: {read: /t}";

} // namespace

SCENARIO("an address is loopback when it is one, not when it looks like one") {
  for (const char* text : {"127.0.0.1", "127.9.8.7", "::1"})
    CHECK(is_loopback_address(text));
  for (const char* text :
       {"0.0.0.0", "::", "128.0.0.1", "::ffff:127.0.0.1", "127.evil.example", "127.1", "localhost", ""})
    CHECK_FALSE(is_loopback_address(text));
}

SCENARIO("beyond loopback control takes TLS and a token, wherever the address is said") {
  for (const std::string address : {"0.0.0.0", "\"::\"", "192.0.2.1"}) {
    CAPTURE(address);
    const auto bare = with_control("{address: " + address + "}");
    CHECK_FALSE(bare.usable());
    REQUIRE(bare.faults.size() == 1);
    CHECK(bare.faults[0].line == 3);
    CHECK_FALSE(with_control("{address: " + address + ", tls: {certificate: /c, key: /k}}").usable());
    CHECK_FALSE(with_control("{address: " + address + ", tokens: {read: /t}}").usable());
    CHECK(with_control("{address: " + address + ", " + guarded + "}").usable());
  }
  for (const auto from : {origin::flag, origin::env}) {
    auto config = with_control("{}");
    apply_overrides(config, {{"control.address", "0.0.0.0", from, "--control-address"}});
    CHECK_FALSE(config.usable());
    REQUIRE(config.faults.size() == 1);
    CHECK(config.faults[0].file == "--control-address");
  }
}

SCENARIO("an address that only looks like a name is refused before the start, not at it") {
  for (const std::string address : {"0", "127.1", "0x7f000001", "2130706433", "\"127.0.0.01\""}) {
    CAPTURE(address);
    const auto odd = with_control("{address: " + address + "}");
    REQUIRE(odd.faults.size() == 1);
    CHECK(odd.faults[0].path == "control.address");
    CHECK(odd.faults[0].message.find("no whole address") != std::string::npos);
    CHECK_FALSE(with_control("{address: " + address + ", " + guarded + "}").usable());
  }
  CHECK(with_control("{address: 10.0.0.1.example}").usable());
}

SCENARIO("a value from outside the file is judged with those of the file, and may mend them") {
  auto config = with_control("{address: 0.0.0.0}");
  apply_overrides(config, {{"control.port", "1", origin::flag, "--control-port"}});
  REQUIRE(config.faults.size() == 1);
  CHECK(config.faults[0].line == 3);
  apply_overrides(config, {{"control.address", "127.0.0.1", origin::flag, "--control-address"}});
  CHECK(config.usable());

  auto half = with_control("{}");
  apply_overrides(half, {{"control.tls.key", "/k", origin::env, "CAF_NODE_CONTROL_TLS_KEY"}});
  REQUIRE(half.faults.size() == 1);
  CHECK(half.faults[0].path == "control.tls.key");
  CHECK(half.faults[0].file == "CAF_NODE_CONTROL_TLS_KEY");
}

SCENARIO("a socket is an absolute path or off") {
  CHECK(with_control("{socket: /run/x/node.sock}").usable());
  CHECK(with_control("{socket: \"off\"}").usable());
  CHECK_FALSE(with_control("{socket: node.sock}").usable());
}

SCENARIO("a token comes from a file that its owner alone can read") {
  char name[] = "/tmp/caf-token-test-XXXXXX";
  ::close(::mkstemp(name));
  const auto put = [&name](const std::string& text, mode_t mode) {
    std::ofstream{name} << text;
    ::chmod(name, mode);
  };
  put("0123456789abcdef0123\n", 0600);
  REQUIRE(read_token(name).has_value());
  CHECK(read_token(name).value().reveal() == "0123456789abcdef0123");
  for (const mode_t mode : {0640, 0604, 0620, 0644}) {
    put("0123456789abcdef0123\n", mode);
    CHECK(read_token(name).fault().find("chmod 0600") != std::string::npos);
  }
  for (const std::string text : {"", "short", "0123456789abcdef 123", "0123456789abcdef\n0123456789abcdef\n"}) {
    put(text, 0600);
    REQUIRE_FALSE(read_token(name).has_value());
    CHECK((text.empty() || read_token(name).fault().find(text) == std::string::npos));
  }
  ::unlink(name);
}
