// What a client proves itself with stays nowhere in this process's memory but where it is meant to.
#include "runtime/base/wiped_text.hpp"
#include "runtime/net/tls_context.hpp"
#include "tests/support/memory_search.hpp"
#include "tests/support/net_peer.hpp"
#include "tests/support/net_served.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::test;

namespace {

/// Forty letters that nothing else in this process has in this order, but one less each.
constexpr std::string_view shifted_token = "TszhhkjqdlxgfnvcmwbaoeiruypTszhhkjqdlxgf";

base::wiped_text request_with_token() {
  base::wiped_text out;
  out.reserve(4000); // no block that it outgrows
  out = "GET /x HTTP/1.1\r\nHost: localhost\r\nX: ";
  out.append(3000, 'x'); // so that it does not begin where a freed block is used again first
  out += "\r\nAuthorization: Bearer ";
  for (const char letter : shifted_token)
    out += static_cast<char>(letter + 1);
  out += "\r\n\r\n";
  return out;
}

} // namespace

TEST_CASE("a token leaves the server's memory with the request that carried it") {
  std::size_t while_asked = 0;
  const auto handler = [&](const net::http_request& request, const std::shared_ptr<net::http_reply>& reply) {
    if (request.path == "/x") {
      while_asked = copies_in_memory(shifted_token);
      CHECK(request.header("authorization").empty());
      CHECK(request.authorization.size() == 1);
    }
    reply->send({});
  };
  const net_served server{handler};
  const net_raw_client client{server.port};
  const auto request = request_with_token();
  const auto mine = copies_in_memory(shifted_token);
  REQUIRE(mine == 1); // or the search finds nothing at all
  client.write(request);
  CHECK(client.read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
  CHECK(while_asked == mine + 1); // the request's own: neither the buffer nor the parser has it any more
  // The connection stays open; once it has answered again, it is done with the first request.
  client.write("GET /y HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
  CHECK(copies_in_memory(shifted_token) == mine);
}
