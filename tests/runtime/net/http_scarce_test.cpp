#include "runtime/net/http_server.hpp"
#include "tests/support/net_served.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace cafnode;
using namespace cafnode::test;

namespace {

/// Takes every open file that this process may have, but one.
class all_but_one {
public:
  all_but_one() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit few{128, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    for (int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC); file >= 0;
         file = ::open("/dev/null", O_RDONLY | O_CLOEXEC))
      taken_.push_back(file);
    ::close(taken_.back());
    taken_.pop_back();
  }

  all_but_one(const all_but_one&) = delete;
  all_but_one& operator=(const all_but_one&) = delete;

  ~all_but_one() {
    for (const int file : taken_)
      ::close(file);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

private:
  rlimit before_{};
  std::vector<int> taken_;
};

} // namespace

SCENARIO("a server answers, one client after another, in a process that may open no more files, and says so") {
  std::atomic<int> told{0};
  net::http_server_options options;
  options.on_accept_failed = [&told](const std::string& why) { told += why == "Too many open files" ? 1 : 1000; };
  const net_served server{[](const net::http_request&, const std::shared_ptr<net::http_reply>& reply) {
                            reply->send({200, "text/plain", "well"});
                          },
                          options};
  {
    const all_but_one taken;
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
