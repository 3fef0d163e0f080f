#include "supervisors/restart_window.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace std::chrono_literals;

namespace {

// A full second of the clock, so that the tests below say where in it they are.
constexpr base::time_point start{base::time_point{} + 1h};

} // namespace

TEST_CASE("more than intensity attempts within the period are too many") {
  restart_window window{2, 5s};
  CHECK(window.record(start) == restart_verdict::restart);
  CHECK(window.record(start + 1s) == restart_verdict::restart);
  CHECK(window.record(start + 2s) == restart_verdict::give_up);
  CHECK(window.count(start + 2s) == 3);
}

TEST_CASE("intensity 0 gives up at the first attempt") {
  restart_window window{0, 1s};
  CHECK(window.record(start) == restart_verdict::give_up);
}

TEST_CASE("an attempt exactly one period old still counts") {
  restart_window window{1, 5s};
  CHECK(window.record(start) == restart_verdict::restart);
  CHECK(window.count(start + 5s) == 1);
  CHECK(window.record(start + 5s) == restart_verdict::give_up);
}

TEST_CASE("a period of whole seconds is measured in whole seconds of the clock") {
  restart_window window{1, 1s};
  CHECK(window.record(start + 10ms) == restart_verdict::restart);
  SUBCASE("so that 1.989 s later it is still one second") {
    CHECK(window.record(start + 1999ms) == restart_verdict::give_up);
  }
  SUBCASE("and 1.99 s later it is two") {
    CHECK(window.record(start + 2000ms) == restart_verdict::restart);
  }
}

TEST_CASE("any other period is measured exactly") {
  restart_window window{1, 1500ms};
  CHECK(window.record(start + 10ms) == restart_verdict::restart);
  SUBCASE("an attempt as old as the period counts") {
    CHECK(window.record(start + 1510ms) == restart_verdict::give_up);
  }
  SUBCASE("an older one does not") {
    CHECK(window.record(start + 1511ms) == restart_verdict::restart);
  }
}

TEST_CASE("attempts spaced beyond the period never trip the limit") {
  restart_window window{1, 1s};
  for (int i = 0; i < 1000; ++i)
    CHECK(window.record(start + i * 2100ms) == restart_verdict::restart);
}

TEST_CASE("time that runs backwards neither forgets nor invents attempts") {
  restart_window window{2, 5s};
  CHECK(window.record(start + 10s) == restart_verdict::restart);
  CHECK(window.record(start) == restart_verdict::restart);
  CHECK(window.count(start) == 2);
  CHECK(window.record(start + 12s) == restart_verdict::give_up);
}

TEST_CASE("the window holds no more times than it needs, however often it is asked") {
  restart_window window{3, 5s};
  for (int i = 0; i < 10'000; ++i)
    (void)window.record(start);
  CHECK(window.count(start) == 4);
}
