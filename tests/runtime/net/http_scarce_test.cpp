#include "runtime/net/http_server.hpp"
#include "tests/support/net_served.hpp"
#include "tests/support/scarce_files.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>

using namespace cafnode;
using namespace cafnode::test;

SCENARIO("a server answers, one client after another, in a process that may open no more files, and says so") {
  std::atomic<int> told{0};
  net::http_server_options options;
  options.on_accept_failed = [&told](const std::string& why) { told += why == "Too many open files" ? 1 : 1000; };
  const net_served server{[](const net::http_request&, const std::shared_ptr<net::http_reply>& reply) {
                            reply->send({200, "text/plain", "well"});
                          },
                          options};
  {
    const scarce_files taken{1};
    for (int client = 0; client < 20; ++client) {
      const net_raw_client one{server.port}; // has the last file
      one.write("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      REQUIRE(one.read_until("well").find("200 OK") != std::string::npos);
      static_cast<void>(one.read_to_end());
    }
    CHECK(told >= 20);
    CHECK(told < 1000);
  }
  const net_raw_client after{server.port};
  after.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(after.read_until("well").find("200 OK") != std::string::npos);
}
