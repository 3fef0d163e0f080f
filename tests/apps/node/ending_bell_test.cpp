#include "apps/node/ending_bell.hpp"

#include <doctest/doctest.h>

#include <thread>

using cafnode::node::ending_bell;
using cafnode::node::news;
using namespace std::chrono_literals;

namespace {

constexpr cafnode::base::time_point start{24h};

} // namespace

SCENARIO("a storm of reloads is one reload, and an end goes before it") {
  ending_bell bell;
  for (int count = 0; count < 1000; ++count)
    CHECK_FALSE(bell.ring(news::reload, start));
  CHECK(bell.wait() == news::reload);
  CHECK_FALSE(bell.ring(news::reload, start));
  CHECK_FALSE(bell.ring(news::asked, start + 1h));
  CHECK(bell.wait() == news::asked);
  CHECK(bell.wait() == news::asked);
}

SCENARIO("who rings for the end a second time hears so, until the end is all but over") {
  ending_bell bell;
  CHECK_FALSE(bell.ring(news::tree_gone, start));
  CHECK(bell.ring(news::asked, start + 1s));
  CHECK(bell.wait() == news::tree_gone);
  bell.silence();
  CHECK_FALSE(bell.ring(news::asked, start + 2s));
}

SCENARIO("one wish to end that comes over several ways at once is no second wish") {
  ending_bell bell;
  CHECK_FALSE(bell.ring(news::asked, start));
  CHECK_FALSE(bell.ring(news::asked, start));
  CHECK_FALSE(bell.ring(news::asked, start + 499ms));
  CHECK(bell.ring(news::asked, start + 500ms)); // counted from the first, not from the latest
  CHECK(bell.ring(news::asked, start + 501ms));
  CHECK(bell.wait() == news::asked);
}

SCENARIO("whoever waits is woken from another thread") {
  ending_bell bell;
  std::jthread other{[&] { bell.ring(news::asked, start); }};
  CHECK(bell.wait() == news::asked);
}
