#include "runtime/net/retry_after.hpp"
#include "runtime/net/upgrade_head.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

using namespace cafnode::net;
using namespace std::chrono_literals;
using state = upgrade_head::state;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::chrono::system_clock::time_point noon{784111777s};

/// Feeds `text` in pieces of `step` bytes until the head has judged.
upgrade_head fed(std::string_view text, std::size_t step = 4096) {
  upgrade_head head;
  while (!text.empty() && head.where() == state::reading) {
    const auto room = head.room();
    const auto count = std::min({text.size(), step, room.size()});
    std::memcpy(room.data(), text.data(), count);
    text.remove_prefix(count);
    head.took(count, noon);
  }
  return head;
}

std::string all_of(upgrade_head& head) {
  std::string out(100'000, '\0');
  std::size_t filled = 0;
  while (const auto count = head.give(out.data() + filled, 100))
    filled += count;
  out.resize(filled);
  return out;
}

constexpr std::string_view accepted =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: abc=\r\n";
constexpr std::string_view handed_on =
    "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: abc=\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n\r\n";

} // namespace

TEST_CASE("a refusal is known from its head alone, however it is cut, and whatever body is announced") {
  for (const std::size_t step : {1, 7, 4096}) {
    const auto head =
        fed("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100000\r\nRetry-After: 12\r\n\r\nabc", step);
    CHECK(head.where() == state::refused);
    CHECK(head.status() == 503);
    CHECK(head.words() == "HTTP 503 Service Unavailable");
    CHECK(head.retry_after() == 12s);
  }
}

TEST_CASE("what was accepted is handed on with what a client must look at, and the first frames behind it") {
  for (const std::size_t step : {1, 7, 4096}) {
    std::string text{accepted};
    for (int i = 0; i < 60; ++i)
      text += "Set-Cookie: __cf=" + std::string(300, 'a') + "\r\n";
    text += "Content-Length: 2147483647\r\nTransfer-Encoding: chunked\r\nSec-WebSocket-Extensions: \r\n\r\n";
    auto head = fed(text, step);
    REQUIRE(head.where() == state::accepted);
    CHECK(all_of(head) == handed_on);
    CHECK_FALSE(head.has_bytes());
  }
  auto head = fed(std::string{accepted} + "\r\n\x81\x02hi\n\n");
  CHECK(all_of(head) == std::string{handed_on} + "\x81\x02hi\n\n");
}

TEST_CASE("several lines of Connection or of Upgrade are one list") {
  auto head = fed("HTTP/1.1 101 X\r\nConnection: keep-alive\r\nConnection: \r\nconnection: upgrade\r\n"
                  "Upgrade: h2c\r\nupgrade: websocket\r\n\r\n");
  REQUIRE(head.where() == state::accepted);
  CHECK(all_of(head) == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c, websocket\r\n"
                        "Connection: keep-alive, upgrade\r\n\r\n");
}

TEST_CASE("interim answers are passed over") {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
  for (const std::size_t step : {1, 4096}) {
    auto head = fed(interim + std::string{accepted} + "\r\n", step);
    REQUIRE(head.where() == state::accepted);
    CHECK(all_of(head) == handed_on);
    CHECK(fed(interim + "HTTP/1.1 502 Bad Gateway\r\n\r\n", step).status() == 502);
  }
}

TEST_CASE("a 101 that takes up what was not offered breaks the protocol") {
  for (const auto* field : {"Sec-WebSocket-Extensions: permessage-deflate", "sec-websocket-protocol:jsonrpc"}) {
    CAPTURE(field);
    const auto head = fed(std::string{accepted} + field + "\r\n\r\n");
    CHECK(head.where() == state::broken);
    CHECK(head.status() == 101);
    CHECK(head.words().find("not asked for") != std::string::npos);
  }
}

TEST_CASE("what is no HTTP is known from its first bytes, and shown in printable ones") {
  const auto head = fed("SSH-2.0-OpenSSH_9.2\r\n", 1);
  CHECK(head.where() == state::broken);
  CHECK(head.status() == 0);
  CHECK(fed("\x16\x03\x01\x02").words() == std::string{"an answer that is no HTTP: '"} + std::string(4, '?') + "'");
  for (const auto* line :
       {"HTTP/1.1 99 Low", "HTTP/1.1 0101 ?", "HTTP/1.x 101 x", "HTTP/1.1  101", "HTTP/1.1 1a1 x", "HTTP/2 200"})
    CHECK(fed(std::string{line} + "\r\n\r\n").where() == state::broken);
  CHECK(fed("HTTP/1.0 503\r\n\r\n").words() == "HTTP 503");
  CHECK(fed("HTTP/1.1 500 \x1b[31mred\r\n\r\n").words() == "HTTP 500 ?[31mred");
}

TEST_CASE("a head without an end is bounded, and judged by the status that has come") {
  const std::string endless(2 * upgrade_head::bytes_max, 'x');
  CHECK(fed("HTTP/1.1 503 Busy\r\nX: " + endless).where() == state::refused);
  CHECK(fed(std::string{accepted} + "X: " + endless).where() == state::broken);
  CHECK(fed("HTTP/1.1 " + endless).where() == state::broken);
  std::string interim;
  while (interim.size() < upgrade_head::bytes_max)
    interim += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(fed(interim).where() == state::broken);
}

TEST_CASE("an answer that stops half-way is judged by what has come") {
  const auto stopped = [](std::string_view text) {
    auto head = fed(text);
    head.ended(noon);
    return head;
  };
  CHECK(stopped("HTTP/1.1 503 Busy\r\nRetry-After: 10\r\nRetry-Af").where() == state::refused);
  CHECK(stopped("HTTP/1.1 503 Busy\r\nRetry-After: 10\r\nRetry-Af").retry_after() == 10s);
  CHECK(stopped("HTTP/1.1 503 Busy\r\nRetry-After: 1").retry_after() == 0s); // perhaps it was 10
  CHECK(stopped("HTTP/1.1 503").status() == 503);
  CHECK(stopped("HTTP/1.1 50").where() == state::reading);
  CHECK(stopped("").where() == state::reading);
  CHECK(stopped(accepted).where() == state::broken);
}

TEST_CASE("a redirect says where to") {
  CHECK(fed("HTTP/1.1 301 Moved Permanently\r\nLocation: wss://www.example.com/ws\r\n\r\n").words() ==
        "HTTP 301 Moved Permanently to 'wss://www.example.com/ws': is the configured address the right one?");
}

TEST_CASE("Retry-After is read in each form that it may have") {
  CHECK(read_retry_after("10", "", noon) == 10s);
  CHECK(read_retry_after("1.5", "", noon) == 1500ms);
  CHECK(read_retry_after("0", "", noon) == 0s);
  CHECK(read_retry_after("99999999999999999999999", "", noon) == 24h);
  CHECK(read_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", "", noon) == 60s);
  CHECK(read_retry_after("Sunday, 06-Nov-94 08:50:37 GMT", "", noon) == 60s);
  CHECK(read_retry_after("Sun Nov  6 08:50:37 1994", "", noon) == 60s);
  CHECK(read_retry_after("Sun, 06 Nov 1994 08:48:37 GMT", "", noon) == 0s); // past
  CHECK(read_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT", noon) == 30s);
  CHECK(read_retry_after("Sun, 06 Nov 2094 08:50:37 GMT", "", noon) == 24h);
  CHECK(read_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", "", noon) == 24h); // beyond what nanoseconds can count
  CHECK(read_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:49 GMT", noon) == 10s);
  for (const auto* none : {"", "soon", "-5", "10s", "inf", "nan", "0x10", "1e3", "Sun, 99 Nov 1994 08:50:37 GMT"})
    CHECK(read_retry_after(none, "", noon) == 0s);
}
