#include "runtime/net/address_memory.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::net;
using namespace std::chrono_literals;

namespace {

address_memory::address at(const char* text) {
  return {boost::asio::ip::make_address(text), 443};
}

const auto a = at("192.0.2.1");
const auto b = at("192.0.2.2");
const auto c = at("192.0.2.3");
const base::time_point start{};

} // namespace

TEST_CASE("addresses are tried by turns of their families, IPv6 first") {
  const auto x = at("2001:db8::1");
  const auto y = at("2001:db8::2");
  CHECK(by_turns({a, b, c, x, y}) == address_list{x, a, y, b, c});
  CHECK(by_turns({a, b}) == address_list{a, b});
  CHECK(by_turns({}).empty());
}

TEST_CASE("an address that failed comes behind all that did not") {
  address_memory memory;
  CHECK(memory.order({a, b, c}) == address_list{a, b, c});
  memory.failed(a, start);
  CHECK(memory.has_failed(a));
  CHECK(memory.order({a, b, c}) == address_list{b, c, a});
}

TEST_CASE("once all have failed they take turns, the oldest failure first") {
  address_memory memory;
  memory.failed(a, start + 1s);
  memory.failed(b, start + 2s);
  memory.failed(c, start + 3s);
  CHECK(memory.order({c, b, a}) == address_list{a, b, c});
  memory.failed(a, start + 4s);
  CHECK(memory.order({c, b, a}) == address_list{b, c, a});
}

TEST_CASE("an address that works again is forgiven") {
  address_memory memory;
  memory.failed(a, start);
  memory.worked(a);
  CHECK_FALSE(memory.has_failed(a));
  CHECK(memory.order({a, b}) == address_list{a, b});
}

TEST_CASE("an address that asks to be left alone is, for ten minutes at most, while there is another") {
  address_memory memory;
  memory.rests(a, start, 60s);
  CHECK(memory.has_failed(a));
  CHECK(memory.rest_of(a, start + 59s) == 1s);
  CHECK(memory.rest_of(b, start) == 0s);
  CHECK(memory.awake({a, b, c}, start + 59s) == address_list{b, c});
  CHECK(memory.awake({a, b, c}, start + 60s) == address_list{a, b, c});
  memory.rests(b, start, 24h);
  CHECK(memory.rest_of(b, start) == 10min);
  CHECK(memory.awake({a, b}, start + 1s) == address_list{a, b}); // somebody insists
  memory.failed(a, start + 1s);
  CHECK(memory.rest_of(a, start + 2s) == 58s);
  memory.worked(a);
  CHECK(memory.rest_of(a, start + 2s) == 0s);
}

TEST_CASE("a name has to wait only once all of its addresses ask for it, and then for the first of them") {
  const auto memory = std::make_shared<address_memory>();
  address_trial first{memory, a, {a, b}};
  CHECK(first.rests(60s) == 0s);
  address_trial second{memory, b, {a, b}};
  const auto wait = second.rests(90s);
  CHECK(wait > 55s);
  CHECK(wait <= 60s);
  address_trial alone{memory, c};
  CHECK(alone.rests(30s) == 30s);
}

TEST_CASE("no more failures are remembered than were agreed, the oldest goes") {
  address_memory memory{2};
  memory.failed(a, start + 1s);
  memory.failed(b, start + 2s);
  memory.failed(c, start + 3s);
  CHECK(memory.size() == 2);
  CHECK_FALSE(memory.has_failed(a));
}

TEST_CASE("an attempt counts against its address unless it was proven") {
  const auto memory = std::make_shared<address_memory>();
  { const address_trial lost{memory, a}; }
  CHECK(memory->has_failed(a));
  {
    address_trial proven{memory, a};
    proven.proven();
    CHECK_FALSE(memory->has_failed(a));
  }
  CHECK(memory->has_failed(a)); // it ended at once: whatever is there does not last
}
