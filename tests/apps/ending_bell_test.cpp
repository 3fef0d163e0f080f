#include "apps/ending_bell.hpp"

#include <doctest/doctest.h>

#include <thread>

using cafnode::node::ending_bell;
using cafnode::node::news;

SCENARIO("a storm of reloads is one reload, and an end goes before it") {
  ending_bell bell;
  for (int count = 0; count < 1000; ++count)
    CHECK_FALSE(bell.ring(news::reload));
  CHECK(bell.wait() == news::reload);
  CHECK_FALSE(bell.ring(news::reload));
  CHECK_FALSE(bell.ring(news::asked));
  CHECK(bell.wait() == news::asked);
  CHECK(bell.wait() == news::asked);
}

SCENARIO("who rings for the end a second time hears so, until the end is all but over") {
  ending_bell bell;
  CHECK_FALSE(bell.ring(news::tree_gone));
  CHECK(bell.ring(news::asked));
  CHECK(bell.wait() == news::tree_gone);
  bell.silence();
  CHECK_FALSE(bell.ring(news::asked));
}

SCENARIO("whoever waits is woken from another thread") {
  ending_bell bell;
  std::jthread other{[&] { bell.ring(news::asked); }};
  CHECK(bell.wait() == news::asked);
}
