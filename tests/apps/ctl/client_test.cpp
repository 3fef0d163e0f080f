#include "apps/ctl/client.hpp"
#include "apps/ctl/find.hpp"
#include "runtime/net/local_socket.hpp"
#include "tests/apps/ctl/fake_node.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace cafnode::ctl;
using namespace std::chrono_literals;

namespace {

std::string address_of(std::string_view text) {
  const auto parsed = parse_address(text);
  return parsed ? parsed->text() : "none";
}

client client_of(const cafnode::test::fake_node& node, std::chrono::milliseconds timeout = 5s) {
  return client{parse_address(node.address()).value_or(node_address{}), timeout};
}

/// Takes one request, and goes before the answer is whole, as a node that is killed does.
class dying_node {
public:
  explicit dying_node(std::string last_words) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(socket_, 1) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    where.port = ntohs(at.sin_port);
    thread_ = std::thread{[this, words = std::move(last_words)] {
      const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      std::string block(4096, ' ');
      static_cast<void>(::recv(client, block.data(), block.size(), 0));
      static_cast<void>(::send(client, words.data(), words.size(), MSG_NOSIGNAL));
      ::close(client);
    }};
  }

  dying_node(const dying_node&) = delete;
  dying_node& operator=(const dying_node&) = delete;

  ~dying_node() {
    thread_.join();
    ::close(socket_);
  }

  node_address where;

private:
  int socket_;
  std::thread thread_;
};

} // namespace

SCENARIO("a change whose answer is lost may have happened, and one that went nowhere has not") {
  for (const auto* words : {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "nonsense\r\n\r\n"}) {
    const dying_node node{words};
    const auto lost = client{node.where, 5s}.change("POST", "/api/v1/orders", "{}");
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.fault().word == "answer_lost");
    CHECK(lost.fault().code == exit_code::timed_out);
    CHECK(lost.fault().hint.find("may still have happened") != std::string::npos);
  }
  {
    const dying_node node{""};
    CHECK(client{node.where, 5s}.get("/api/v1/orders").fault().code == exit_code::unreachable);
  }
  cafnode::test::fake_node slow;
  slow.ignores("POST /api/v1/orders");
  CHECK(client_of(slow, 50ms).change("POST", "/api/v1/orders", "{}").fault().word == "answer_lost");
  const auto nowhere = parse_address(cafnode::test::fake_node{}.address()).value_or(node_address{});
  CHECK(client{nowhere, 5s}.change("POST", "/api/v1/orders", "{}").fault().code == exit_code::unreachable);
}

SCENARIO("an address is a host and a port, or one of them by default") {
  CHECK(address_of("localhost:9000") == "localhost:9000");
  CHECK(address_of("10.0.0.1") == "10.0.0.1:7601");
  CHECK(address_of("http://127.0.0.1:7602/") == "127.0.0.1:7602");
  CHECK(address_of("[::1]:7603") == "[::1]:7603");
  CHECK(address_of("[::1]") == "[::1]:7601");
}

SCENARIO("what is no address is refused") {
  for (const char* text : {"", ":7601", "host:", "host:0", "host:65536", "host:76x", "[::1", "::1", "a b:1", "a/b:1"}) {
    CAPTURE(text);
    CHECK(address_of(text) == "none");
  }
}

SCENARIO("a span is a number with a unit, seconds by default") {
  CHECK(parse_span("500ms") == 500ms);
  CHECK(parse_span("5s") == 5s);
  CHECK(parse_span("5") == 5s);
  CHECK(parse_span("2m") == 2min);
  for (const char* text : {"", "0", "-1s", "1.5s", "s", "ms", "5h", "86401s", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_span(text).has_value());
  }
}

SCENARIO("names go into a path without changing it") {
  CHECK(percent_encoded("alpha-1_x.y~z") == "alpha-1_x.y~z");
  CHECK(percent_encoded("a/b?c d%") == "a%2Fb%3Fc%20d%25");
  CHECK(percent_encoded("ü") == "%C3%BC");
}

SCENARIO("a request that changes something says that no web page sent it, and how long the node may take") {
  cafnode::test::fake_node node;
  node.answers("POST /api/v1/tree/kill", 202, "{}");
  REQUIRE(client_of(node, 1000ms).change("POST", "/api/v1/tree/kill", R"({"path":"a"})").has_value());
  CHECK(node.heard() == R"(POST /api/v1/tree/kill?timeout_ms=900 {"path":"a"})");
  CHECK(node.heard_header("x-caf-node") == "1");
  CHECK(node.heard_header("content-type") == "application/json");
}

SCENARIO("a list is fetched to its last page") {
  cafnode::test::fake_node node;
  node.answers("GET /list", 200, R"({"rows":[1,2],"next":null})");
  const auto whole = client_of(node).get_pages("/list", '?', "rows");
  REQUIRE(whole.has_value());
  CHECK(boost::json::serialize(whole.value()) == R"({"rows":[1,2]})");
}

SCENARIO("a node that always names a next page is left in the end") {
  cafnode::test::fake_node node;
  node.answers("GET /list", 200, R"({"rows":[1],"next":"b"})");
  const auto whole = client_of(node).get_pages("/list", '?', "rows");
  REQUIRE(whole.has_value());
  CHECK(whole.value().at("rows").as_array().size() == 1000);
  CHECK(node.heard() == "GET /list?after=b ");
}

SCENARIO("an answer that is not JSON is a fault of its own") {
  cafnode::test::fake_node node;
  node.answers("GET /odd", 200, "<html>");
  const auto odd = client_of(node).get("/odd");
  REQUIRE_FALSE(odd.has_value());
  CHECK(odd.fault().word == "broken_answer");
  CHECK(odd.fault().code == exit_code::failed);
}

SCENARIO("a stream is handed on line by line, and its end is told") {
  cafnode::test::fake_node node;
  node.streams("GET /events", {R"({"seq":1})", R"({"seq":2})"});
  std::string lines;
  const auto end =
      client_of(node).follow("/events", [&lines](std::string_view line) { lines += std::string{line} + "|"; });
  CHECK(lines == R"({"seq":1}|{"seq":2}|)");
  CHECK(end.word == "ended");
  CHECK(end.code == exit_code::unreachable);
}

SCENARIO("a bare name is a node's, and no host's") {
  const auto unknown = find_node({"tokyo-1", {}, {}}, {"/nonexistent"});
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.fault().word == "no_node");
  CHECK(unknown.fault().code == exit_code::unreachable);
  for (const std::string host : {"tokyo-1:7601", "localhost", "10.0.0.1", "http://tokyo-1"})
    CHECK(find_node({host, {}, {}}, {"/nonexistent"}).has_value());
}

SCENARIO("where a node is only guessed, one may look and change nothing") {
  cafnode::test::fake_node node;
  node.answers("GET /api/v1/status", 200, "{}");
  auto where = find_node({}, {"/nonexistent"}).value();
  CHECK(where.text() == "127.0.0.1:7601");
  const auto there = parse_address(node.address()).value_or(node_address{});
  where.port = there.port;
  const client guessing{where, 5s};
  const auto changed = guessing.change("POST", "/api/v1/tree/kill", R"({"path":"a"})");
  REQUIRE_FALSE(changed.has_value());
  CHECK(changed.fault().word == "no_node");
  CHECK(changed.fault().code == exit_code::unreachable);
  CHECK(changed.fault().hint.find("--addr") != std::string::npos);
  CHECK(node.heard() == "  ");
  CHECK(guessing.get("/api/v1/status").has_value());
}

SCENARIO("a socket is found once, however many paths lead to its folder") {
  std::string folder = "/tmp/caf-ctl-test-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  {
    const auto listening = cafnode::net::local_socket::listen(folder + "/node.sock");
    REQUIRE(listening.has_value());
    CHECK(live_sockets({folder, "/nonexistent", folder + "/", "/tmp/.." + folder}) ==
          std::vector<std::string>{folder + "/node.sock"});
  }
  CHECK(live_sockets({folder}).empty());
  std::filesystem::remove(folder);
}
