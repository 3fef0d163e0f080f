#include "runtime/net/http_client.hpp"
#include "runtime/net/http_target.hpp"
#include "runtime/net/line_splitter.hpp"
#include "tests/support/name_stub.hpp"
#include "tests/support/net_peer.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

using namespace cafnode;
using namespace cafnode::test;

TEST_CASE("a target is split and decoded") {
  const auto target = net::parse_target("/a%2Fb/c?x=1&y=a+b%26&flag&&=z#part");
  REQUIRE(target.has_value());
  CHECK(target->path == "/a/b/c");
  const std::vector<std::pair<std::string, std::string>> query{{"x", "1"}, {"y", "a b&"}, {"flag", ""}, {"", "z"}};
  CHECK(target->query == query);
}

TEST_CASE("a target that is not a clean path is refused") {
  for (const char* text :
       {"", "x", "*", "http://h/", "/%", "/%1", "/%g1", "/%00", "/a b", "/\x7f", "/\xc3\xa9", "/?%zz"})
    CHECK_FALSE(net::parse_target(text).has_value());
}

TEST_CASE("a host field names this machine by its loopback names and the bound address only") {
  for (const char* host : {"localhost", "LOCALHOST:80", "localhost:", "127.0.0.1:1", "[::1]:80", "[::1]", "127.0.0.2"})
    CHECK(net::names_this_host(host, "127.0.0.2"));
  for (const char* host :
       {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "127.0.0.3", "::1:80",
        "user@localhost", "[::2]", "127.0.0.1:80.evil.example", "localhost:evil@x", "localhost:80:80", "[::1]:x"})
    CHECK_FALSE(net::names_this_host(host, "127.0.0.2"));
}

TEST_CASE("lines are cut wherever the text is") {
  const std::string text = "one\n\ntwo\r\nthree";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    net::line_splitter splitter;
    std::vector<std::string> lines;
    const auto sink = [&lines](std::string_view line) {
      lines.emplace_back(line);
      return true;
    };
    for (std::size_t at = 0; at < text.size(); at += piece)
      CHECK(splitter.feed(std::string_view{text}.substr(at, piece), sink));
    splitter.finish(sink);
    CHECK(lines == std::vector<std::string>{"one", "", "two", "three"});
  }
}

TEST_CASE("a line without an end is not collected for ever") {
  net::line_splitter splitter;
  const auto sink = [](std::string_view) { return true; };
  CHECK(splitter.feed(std::string(net::line_splitter::line_bytes_max, 'x'), sink));
  CHECK_FALSE(splitter.feed("x", sink));
  CHECK(splitter.overlong());
}

TEST_CASE("a request to a name is over when its time is, whatever its name server does") {
  const name_stub silent{[](const std::string&, bool) -> std::optional<name_reply> { return std::nullopt; }};
  net::http_call call;
  call.host = "ex.test";
  call.port = 1;
  call.name_servers = silent.servers();
  call.timeout = std::chrono::milliseconds{100};
  const auto begun = std::chrono::steady_clock::now();
  const auto answer = net::http_fetch(call);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{1});
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.fault().fault == net::http_fault::timed_out);
}

TEST_CASE("a request goes to the address of a name, and a name without one is told") {
  const name_stub names{[](const std::string& name, bool six) -> std::optional<name_reply> {
    return six || name != "ex.test" ? name_reply{} : name_reply{{"127.0.0.1"}};
  }};
  const net_peer peer{[](net_conn& conn) {
    conn.read_until("\r\n\r\n");
    conn.write("HTTP/1.1 204 No Content\r\n\r\n");
  }};
  net::http_call call;
  call.host = "ex.test";
  call.port = peer.port();
  call.name_servers = names.servers();
  CHECK(net::http_fetch(call).value().status == 204);
  call.host = "other.test";
  const auto answer = net::http_fetch(call);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.fault().fault == net::http_fault::unreachable);
  CHECK(answer.fault().detail.find("other.test has no address") != std::string::npos);
}

TEST_CASE("a server that cannot be reached, that does not answer, or that talks nonsense is told apart") {
  net::http_call call;
  SUBCASE("nobody listens") {
    call.port = closed_port();
    const auto got = net::http_fetch(call);
    CHECK(got.fault().fault == net::http_fault::unreachable);
    CHECK(got.fault().detail.find("127.0.0.1:" + std::to_string(call.port)) != std::string::npos);
    CHECK(got.fault().detail.find("Connection refused") != std::string::npos);
  }
  SUBCASE("no such name") {
    call.host = std::string(64, 'x') + ".invalid";
    CHECK(net::http_fetch(call).fault().fault == net::http_fault::unreachable);
  }
  SUBCASE("silence") {
    net_peer peer{[](net_conn& conn) { conn.wait_for_end(); }};
    call.port = peer.port();
    call.timeout = std::chrono::milliseconds{200};
    CHECK(net::http_fetch(call).fault().fault == net::http_fault::timed_out);
  }
  SUBCASE("nonsense") {
    net_peer peer{[](net_conn& conn) {
      conn.read_until("\r\n\r\n");
      conn.write("nonsense\r\n\r\n");
      conn.wait_for_end();
    }};
    call.port = peer.port();
    CHECK(net::http_fetch(call).fault().fault == net::http_fault::broken);
  }
  SUBCASE("half an answer") {
    net_peer peer{[](net_conn& conn) {
      conn.read_until("\r\n\r\n");
      conn.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    }};
    call.port = peer.port();
    CHECK(net::http_fetch(call).fault().fault == net::http_fault::broken);
  }
}

TEST_CASE("a target or header that would forge the request is not sent") {
  net::http_call call;
  call.port = closed_port();
  SUBCASE("target") {
    call.target = "/x HTTP/1.1\r\nHost: evil";
  }
  SUBCASE("header") {
    call.headers.emplace_back("X", "a\r\nY: b");
  }
  CHECK(net::http_fetch(call).fault().fault == net::http_fault::broken);
}
