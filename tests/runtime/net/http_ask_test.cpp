// One HTTP request on an I/O thread, over real sockets.
#include "runtime/net/http_ask.hpp"
#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

#include <atomic>

using namespace cafnode;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

/// Who asks, and what came of it.
struct asker {
  explicit asker(net::dial_options where) { options.where = std::move(where); }

  void ask(net::http_question question) {
    held = net::ask_http(io, options, std::move(question), [this](net::http_outcome answer) {
      ++calls;
      outcome.emplace(std::move(answer));
    });
    CHECK(calls == 0);
  }

  /// Asks and waits for the outcome.
  net::http_outcome outcome_of(net::http_question question) {
    ask(std::move(question));
    REQUIRE(run_until(io, [this] { return outcome.has_value(); }));
    io.poll();
    CHECK(calls == 1);
    return *outcome;
  }

  boost::asio::io_context io;
  net::http_ask_options options;
  std::unique_ptr<net::http_ask> held;
  std::optional<net::http_outcome> outcome;
  int calls = 0;
};

/// The outcome of a plain question, where a peer answers these bytes and then closes or waits.
net::http_outcome answered(const std::string& bytes, bool leaves = false, std::size_t bytes_max = 1000,
                           std::chrono::milliseconds deadline = 5s) {
  net_peer peer{[&](net_conn& conn) {
    conn.read_until("\r\n\r\n");
    conn.write(bytes);
    if (!leaves)
      conn.wait_for_end();
  }};
  asker one{dial_local(peer.port())};
  one.options.answer_bytes_max = bytes_max;
  one.options.where.deadline = deadline;
  return one.outcome_of({});
}

} // namespace

TEST_CASE("a question goes out whole, plain and over TLS, and its answer comes back with status and body") {
  const net_identity identity{"127.0.0.1"};
  for (const auto* tls : {static_cast<const net_identity*>(nullptr), &identity}) {
    CAPTURE(tls != nullptr);
    std::string heard;
    {
      net_peer peer{[&](net_conn& conn) {
                      heard = conn.read_until("a=1");
                      conn.write("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello");
                      conn.wait_for_end();
                    },
                    tls};
      asker one{dial_local(peer.port())};
      if (tls != nullptr)
        one.options.where.tls = net::make_tls_client({identity.chain_file(), true}).value();
      const auto answer = one.outcome_of({"POST", "/key?x=1", {{"X-KEY", "secret"}}, "a=1"});
      REQUIRE(answer);
      CHECK(answer.value().status == 201);
      CHECK(answer.value().body == "hello");
      CHECK(answer.value().retry_after == 0ms);
    }
    CHECK(heard.starts_with("POST /key?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
    CHECK(heard.find("\r\nX-KEY: secret\r\n") != std::string::npos);
    CHECK(heard.find("\r\nContent-Length: 3\r\n") != std::string::npos);
    CHECK(heard.ends_with("\r\n\r\na=1"));
  }
}

TEST_CASE("an answer without a length ends with the connection, one in chunks with the last") {
  const auto open_ended = answered("HTTP/1.1 200 OK\r\n\r\nall of it", true);
  REQUIRE(open_ended);
  CHECK(open_ended.value().body == "all of it");
  const auto chunked =
      answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  REQUIRE(chunked);
  CHECK(chunked.value().body == "abcde");
}

TEST_CASE("a server that is too busy says for how long") {
  const auto answer = answered("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer.value().status == 429);
  CHECK(answer.value().retry_after == 7s);
}

TEST_CASE("an answer that is longer than allowed is none, whether it says so or not") {
  const std::string body(1001, 'x');
  for (const auto& bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + body, "HTTP/1.1 200 OK\r\n\r\n" + body,
                            "HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'y') + "\r\n\r\n"}) {
    const auto answer = answered(bytes, true);
    REQUIRE(!answer);
    CHECK(answer.fault().fault == net::http_fault::broken);
    CHECK(answer.fault().sent);
  }
  CHECK(answered("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x')));
}

TEST_CASE("what is no answer of HTTP, or breaks off, is a failure that may have been heard") {
  for (const std::string bytes : {"", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}) {
    CAPTURE(bytes);
    const auto answer = answered(bytes, true);
    REQUIRE(!answer);
    CHECK(answer.fault().fault == net::http_fault::broken);
    CHECK(answer.fault().sent);
  }
}

TEST_CASE("the deadline covers the answer, and one that was not sent says so") {
  const auto slow = answered("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", false, 1000, 50ms);
  REQUIRE(!slow);
  CHECK(slow.fault().fault == net::http_fault::timed_out);
  CHECK(slow.fault().sent);

  asker nobody{dial_local(closed_port())};
  const auto refused = nobody.outcome_of({});
  REQUIRE(!refused);
  CHECK(refused.fault().fault == net::http_fault::unreachable);
  CHECK(!refused.fault().sent);
}

TEST_CASE("nothing is written without the permit of that moment, nor what would make a second header") {
  std::string heard;
  {
    net_peer peer{[&](net_conn& conn) { heard = conn.read_until("\r\n\r\n"); }};
    asker one{dial_local(peer.port())};
    one.options.may_write = [] { return false; };
    const auto answer = one.outcome_of({});
    REQUIRE(!answer);
    CHECK(!answer.fault().sent);
  }
  CHECK(heard.empty());
  for (const net::http_question& bad :
       {net::http_question{"GET", "/a b", {}, {}}, net::http_question{"GET", "/a\r\nX: y", {}, {}},
        net::http_question{"G ET", "/", {}, {}}, net::http_question{"GET", "/", {{"X", "a\r\nb: c"}}, {}},
        net::http_question{"GET", "/", {{"X y", "a"}}, {}}, net::http_question{"GET", "", {}, {}}}) {
    asker one{dial_local(closed_port())};
    const auto answer = one.outcome_of(bad);
    REQUIRE(!answer);
    CHECK(answer.fault().fault == net::http_fault::broken);
    CHECK(answer.fault().detail.find("control character") != std::string::npos);
  }
}

TEST_CASE("a question that is dropped closes its connection, and nobody hears of it") {
  std::atomic<bool> heard = false;
  bool ended = false;
  int calls = 0;
  {
    net_peer peer{[&](net_conn& conn) {
      heard = !conn.read_until("\r\n\r\n").empty();
      ended = conn.wait_for_end();
    }};
    asker one{dial_local(peer.port())};
    one.ask({});
    REQUIRE(run_until(one.io, [&] { return heard.load(); }));
    one.held = nullptr;
    one.io.poll();
    calls = one.calls;
  }
  CHECK(ended);
  CHECK(calls == 0);
}

TEST_CASE("a link does not dial a path that would make a second header of its rest") {
  for (const char* path : {"/ws?key=a\r\nX: y", "/a b"}) {
    auto options = dial_local(closed_port());
    options.path = path;
    link_probe probe{options};
    probe.link->open();
    REQUIRE(probe.run_until_closed());
    CHECK(probe.closed->cause == net::close_cause::protocol_error);
  }
}
