#include "runtime/host/signals.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <future>
#include <unistd.h>

using namespace cafnode;
using namespace std::chrono_literals;

SCENARIO("signals of the operating system become calls") {
  GIVEN("handlers for the end and for a reload") {
    std::promise<void> ended;
    std::promise<void> ended_again;
    std::promise<void> reloaded;
    int ends = 0;
    const host::signals heard{
        {[&] { (++ends == 1 ? ended : ended_again).set_value(); }, [&] { reloaded.set_value(); }}};

    WHEN("SIGTERM, SIGHUP and SIGINT come") {
      THEN("each calls its handler, and a broken pipe ends nothing") {
        REQUIRE(std::raise(SIGTERM) == 0);
        CHECK(ended.get_future().wait_for(20s) == std::future_status::ready);
        REQUIRE(std::raise(SIGHUP) == 0);
        CHECK(reloaded.get_future().wait_for(20s) == std::future_status::ready);
        REQUIRE(std::raise(SIGINT) == 0);
        CHECK(ended_again.get_future().wait_for(20s) == std::future_status::ready);
        CHECK(std::raise(SIGPIPE) == 0);
      }
    }
  }
}

SCENARIO("signals are heard although whoever started the program holds them back") {
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  sigaddset(&held, SIGTERM);
  REQUIRE(pthread_sigmask(SIG_BLOCK, &held, &before) == 0);
  {
    std::promise<void> ended;
    const host::signals heard{{[&] { ended.set_value(); }, {}}};
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    CHECK(ended.get_future().wait_for(20s) == std::future_status::ready);
  }
  REQUIRE(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
}
