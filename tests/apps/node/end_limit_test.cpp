#include "apps/node/end_limit.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace cafnode::node;
using namespace std::chrono_literals;

namespace {

/// The exit code of a process that is given `within` for a stop, and does `work` meanwhile.
template<class Work>
int code_of(std::chrono::milliseconds within, Work work) {
  const auto child = ::fork();
  if (child == 0) {
    {
      end_limit limit;
      limit.begin(within);
      limit.begin(30 * within); // asked again: does not count
      work();
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

TEST_CASE("a stop that hangs is ended by force once its time is over") {
  const auto begun = std::chrono::steady_clock::now();
  CHECK(code_of(100ms, [] {
          for (;;)
            ::pause();
        }) == 70);
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
}

TEST_CASE("a stop that hangs is ended even if nobody reads what it says") {
  CHECK(code_of(100ms, [] {
          int ends[2];
          REQUIRE(::pipe(ends) == 0);
          ::dup2(ends[1], STDERR_FILENO);
          const std::string much(1 << 20, 'x');
          static_cast<void>(::write(STDERR_FILENO, much.data(), much.size()) < 0);
        }) == 70);
}

TEST_CASE("a start that hangs when a stop is asked for is no bug, unless the stop has begun meanwhile") {
  const auto code_after = [](auto... more) {
    const auto child = ::fork();
    if (child == 0) {
      end_limit limit;
      limit.begin(100ms, end_limit::hangs::start);
      (limit.begin(more), ...);
      for (;;)
        ::pause();
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  CHECK(code_after() == 75);
  CHECK(code_after(10s) == 70);
}

TEST_CASE("a stop that is done in time is left alone") {
  CHECK(code_of(10s, [] {}) == 0);
}

TEST_CASE("no time runs before a stop has begun, and an end without one needs none") {
  const auto begun = std::chrono::steady_clock::now();
  { const end_limit limit; }
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
}
