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
