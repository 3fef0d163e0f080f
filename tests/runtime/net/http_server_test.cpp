#include "runtime/net/http_client.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_served.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace cafnode::test;

namespace {

void echo(const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
  reply->send({200, "text/plain",
               request.method + " " + request.path + " " + std::string{request.query_value("q")} + " " + request.body});
}

std::string status_line(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

std::string get(const std::string& fields = "Host: localhost\r\n", const std::string& target = "/x") {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

} // namespace

TEST_CASE("a request reaches its handler decoded, and the answer comes back") {
  const net_served server{echo};
  auto call = server.call("/a%20b?q=x%3Dy+z");
  call.method = "POST";
  call.body = "body";
  const auto got = net::http_fetch(call);
  REQUIRE(got.has_value());
  CHECK(got.value().status == 200);
  CHECK(got.value().content_type == "text/plain");
  CHECK(got.value().body == "POST /a b x=y z body");
}

TEST_CASE("header names reach the handler in lower case") {
  std::atomic<bool> seen{false};
  const net_served server{[&seen](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
    seen = request.header("x-who") == "Me" && request.header("x-nobody").empty();
    reply->send({204, "text/plain", ""});
  }};
  auto call = server.call("/");
  call.headers.emplace_back("X-Who", "Me");
  REQUIRE(net::http_fetch(call).has_value());
  CHECK(seen);
}

TEST_CASE("a connection serves one request after another, pipelined ones too") {
  const net_served server{echo};
  net_raw_client client{server.port};
  client.write(get("Host: localhost\r\n", "/1") + get("Host: localhost\r\n", "/2"));
  CHECK(client.read_until("GET /2  ").find("GET /1  ") != std::string::npos);
  client.write(get("Host: localhost\r\nConnection: close\r\n", "/3"));
  const auto last = client.read_to_end();
  CHECK(last.find("GET /3  ") != std::string::npos);
  CHECK(last.find("Connection: close") != std::string::npos);
}

TEST_CASE("a long answer arrives whole behind its head, and the next answer behind it") {
  std::string body;
  for (int number = 0; number < 100'000; ++number)
    body += std::to_string(number) + " ";
  const net_served server{[&body](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
    reply->send({200, "text/plain", request.path == "/long" ? body : "well"});
  }};
  const net_raw_client client{server.port};
  client.write("GET /long HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto all = client.read_until("well");
  CHECK(all.find("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body + "HTTP/1.1 200 OK\r\n") !=
        std::string::npos);
}

TEST_CASE("HEAD gets the length of the answer and no body") {
  const net_served server{echo};
  net_raw_client client{server.port};
  client.write("HEAD /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const auto answer = client.read_to_end();
  CHECK(status_line(answer) == "HTTP/1.1 200 OK");
  CHECK(answer.find("Content-Length: 9\r\n") != std::string::npos);
  CHECK(answer.substr(answer.size() - 4) == "\r\n\r\n");
}

TEST_CASE("a client that waits for leave to send its body gets it") {
  const net_served server{echo};
  net_raw_client client{server.port};
  client.write("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.write("body");
  CHECK(client.read_until("body").find("POST /x  body") != std::string::npos);
}

TEST_CASE("a request that breaks a limit or the protocol is refused, and costs its sender the connection") {
  net::http_server_options options;
  options.body_bytes_max = 100;
  options.header_bytes_max = 500;
  const net_served server{echo, options};
  std::string request;
  std::string status;
  SUBCASE("a header that is too long") {
    request = get("Host: localhost\r\nX-Long: " + std::string(600, 'x') + "\r\n");
    status = "431";
  }
  SUBCASE("a body that says it is too long") {
    request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 101\r\n\r\n";
    status = "413";
  }
  SUBCASE("a chunked body that is too long") {
    request = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x') +
              "\r\n0\r\n\r\n";
    status = "413";
  }
  SUBCASE("not HTTP") {
    request = "\x16\x03\x01 hello\r\n\r\n";
    status = "400";
  }
  SUBCASE("two lengths") {
    request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx";
    status = "400";
  }
  SUBCASE("no host") {
    request = get("");
    status = "400";
  }
  SUBCASE("two hosts") {
    request = get("Host: localhost\r\nHost: evil.example\r\n");
    status = "400";
  }
  SUBCASE("a broken escape") {
    request = get("Host: localhost\r\n", "/%zz");
    status = "400";
  }
  SUBCASE("a target that is no path") {
    request = get("Host: localhost\r\n", "http://localhost/");
    status = "400";
  }
  SUBCASE("a foreign name that was made to lead here") {
    request = get("Host: evil.example:8080\r\n");
    status = "403";
  }
  net_raw_client client{server.port};
  client.write(request);
  const auto answer = client.read_to_end();
  CHECK(status_line(answer).substr(0, 12) == "HTTP/1.1 " + status);
  CHECK(answer.find("{\"error\":{\"code\":\"") != std::string::npos);
  const auto other = net::http_fetch(server.call("/next"));
  REQUIRE(other.has_value());
  CHECK(other.value().status == 200);
}

TEST_CASE("a body in a coding that ends nobody knows where is refused, and what follows it is no request") {
  const net_served server{echo};
  const auto refusal_of = [&server](const std::string& version, const std::string& coding) {
    const net_raw_client client{server.port};
    client.write("POST / HTTP/" + version + "\r\nHost: localhost\r\nTransfer-Encoding: " + coding +
                 "\r\n\r\n0\r\n\r\n" + get());
    const auto answers = client.read_to_end();
    CHECK(answers.rfind("HTTP/1.1 ") == 0);
    return answers.substr(9, 3);
  };
  for (const auto* coding : {"xchunked", "chunked, gzip", "gzip, chunked", "identity\r\nContent-Length: 5", ""})
    CHECK(refusal_of("1.1", coding) == "501");
  CHECK(refusal_of("1.1", "chunked\r\nTransfer-Encoding: identity") == "400");
  CHECK(refusal_of("1.0", "chunked") == "400");
}

TEST_CASE("a refusal arrives though the client is still sending") {
  net::http_server_options options;
  options.body_bytes_max = 100;
  const net_served server{echo, options};
  net_raw_client client{server.port};
  client.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  CHECK(status_line(client.read_to_end()) == "HTTP/1.1 413 Payload Too Large");
}

TEST_CASE("a client that says nothing is dropped after the idle timeout") {
  net::http_server_options options;
  options.idle_timeout = options.header_timeout = std::chrono::milliseconds{50};
  const net_served server{echo, options};
  net_raw_client silent{server.port};
  CHECK(silent.read_to_end().empty());
  net_raw_client slow{server.port};
  slow.write("GET / HT");
  CHECK(status_line(slow.read_to_end()) == "HTTP/1.1 408 Request Timeout");
}

TEST_CASE("a request that nobody answers may still have happened, and gets 504, be it dropped or kept") {
  net::http_server_options options;
  options.answer_timeout = std::chrono::milliseconds{50};
  std::shared_ptr<net::http_reply> kept;
  const net_served server{[&kept](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
                            if (request.path == "/keep")
                              kept = reply;
                          },
                          options};
  for (const auto* path : {"/drop", "/keep"}) {
    const auto got = net::http_fetch(server.call(path));
    CHECK(got.value().status == 504);
    CHECK(got.value().body.find("may still have happened") != std::string::npos);
  }
}

TEST_CASE("a reply may come later, from another thread, and after the server has gone") {
  std::shared_ptr<net::http_reply> kept;
  std::shared_ptr<net::http_stream> stream;
  std::thread late;
  {
    const net_served server{
        [&kept, &stream, &late](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
          if (request.path == "/late")
            late = std::thread{[reply] { reply->send({200, "text/plain", "late"}); }};
          else if (request.path == "/stream")
            stream = reply->stream(200, "text/plain");
          else
            kept = reply;
        }};
    CHECK(net::http_fetch(server.call("/late")).value().body == "late");
    auto call = server.call("/never");
    call.timeout = std::chrono::milliseconds{100};
    CHECK(net::http_fetch(call).fault().fault == net::http_fault::timed_out);
    call.target = "/stream";
    CHECK(net::http_fetch(call).fault().fault == net::http_fault::timed_out);
  }
  late.join();
  REQUIRE(kept);
  REQUIRE(stream);
  kept->send({200, "text/plain", "too late"});
  CHECK_FALSE(stream->write("too late"));
}

TEST_CASE("an address that cannot be had is said with its reason") {
  boost::asio::io_context io;
  net::http_server_options options;
  SUBCASE("taken") {
    const net_served server{echo};
    options.port = server.port;
    const auto made = net::make_http_server(io, options, echo);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.fault() == "cannot listen on 127.0.0.1:" + std::to_string(server.port) + ": Address already in use");
  }
  SUBCASE("not an address") {
    options.address = "nonsense";
    CHECK(net::make_http_server(io, options, echo).fault().find("\"nonsense\"") != std::string::npos);
  }
}

TEST_CASE("over TLS a server answers whoever trusts it, by the names that its certificate has") {
  const net_identity identity{"node.test"};
  net::http_server_options options;
  options.tls = net::make_tls_server(identity.chain_file(), identity.key_file()).value();
  const net_served server{echo, options};
  auto call = server.call("/x");
  call.tls = net::make_tls_client({identity.chain_file(), false}).value();
  const auto got = net::http_fetch(call);
  REQUIRE_MESSAGE(got.has_value(), got.fault().detail);
  CHECK(got.value().body == "GET /x  ");
  call.tls = net::make_tls_client({}).value();
  CHECK(net::http_fetch(call).fault().fault == net::http_fault::broken);
  call.tls = nullptr;
  CHECK(net::http_fetch(call).fault().fault == net::http_fault::broken);
}

TEST_CASE("a body has 64 KiB unless said otherwise, so that what all clients may send fits into memory") {
  const net_served server{echo};
  for (const std::size_t size : {std::size_t{65'536}, std::size_t{65'537}}) {
    const net_raw_client client{server.port};
    client.write("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + std::to_string(size) +
                 "\r\n\r\n" + std::string(size, 'x'));
    CHECK(status_line(client.read_to_end()).find(size == 65'536 ? "200" : "413") != std::string::npos);
  }
}

TEST_CASE("answers that nobody reads have a bound together, and beyond it the slowest reader goes") {
  net::http_server_options options;
  const std::string long_text(std::size_t{24} << 20U, 'x'); // more than the system keeps for a socket
  options.unread_bytes_max = long_text.size() * 5 / 2;
  const net_served server{[&](const net::http_request&, const std::shared_ptr<net::http_reply>& reply) {
                            reply->send({200, "text/plain", long_text});
                          },
                          options};
  const net_raw_client first{server.port}, second{server.port}, third{server.port};
  for (const auto* client : {&first, &second, &third}) {
    client->write(get("Host: localhost\r\nConnection: close\r\n"));
    CHECK(status_line(client->read_until("\r\n")) == "HTTP/1.1 200 OK");
  }
  CHECK(first.read_to_end().size() < long_text.size() - 10'000);
  CHECK(second.read_to_end().size() > long_text.size() - 10'000);
  CHECK(third.read_to_end().size() > long_text.size() - 10'000);
  const net_raw_client after{server.port}; // what they held is given back
  after.write(get("Host: localhost\r\nConnection: close\r\n"));
  CHECK(after.read_to_end().size() > long_text.size());
}
