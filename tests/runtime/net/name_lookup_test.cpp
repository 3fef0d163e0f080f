#include "runtime/net/lookup_pool.hpp"
#include "tests/support/name_stub.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

struct asked {
  std::optional<net::name_lookup::outcome> answer;

  [[nodiscard]] std::vector<std::string> addresses() const {
    std::vector<std::string> text;
    if (answer && answer->has_value())
      for (const auto& each : answer->value())
        text.push_back(each.to_string());
    return text;
  }
};

struct pool_rig {
  boost::asio::io_context io;
  std::shared_ptr<net::lookup_pool> pool = std::make_shared<net::lookup_pool>(io);

  [[nodiscard]] net::lookup_pool::ticket ask(const name_stub& stub, const std::string& host, asked& into) {
    return pool->ask({host, stub.servers()}, [&into](const auto& outcome) { into.answer = outcome; });
  }
};

std::optional<name_reply> slow_three(const std::string&, bool six) {
  return six ? name_reply{} : name_reply{{"192.0.2.3"}, 300ms};
}

} // namespace

TEST_CASE("look-ups of different names run side by side") {
  name_stub stub{slow_three};
  pool_rig rig;
  std::vector<asked> all(8);
  std::vector<net::lookup_pool::ticket> tickets;
  const auto begun = clock::now();
  for (std::size_t i = 0; i < all.size(); ++i)
    tickets.push_back(rig.ask(stub, "host" + std::to_string(i) + ".test", all[i]));
  CHECK(rig.pool->under_way() == 8);
  CHECK(run_until(rig.io, [&] {
    return std::all_of(all.begin(), all.end(), [](const asked& each) { return each.answer.has_value(); });
  }));
  for (const auto& each : all)
    CHECK(each.addresses() == std::vector<std::string>{"192.0.2.3"});
  CHECK(clock::now() - begun < 1200ms); // one after the other: 2.4 s
  CHECK(rig.pool->under_way() == 0);
}

TEST_CASE("those who ask for one name at the same time share one look-up") {
  name_stub stub{slow_three};
  pool_rig rig;
  asked first;
  asked second;
  const auto one = rig.ask(stub, "same.test", first);
  auto two = rig.ask(stub, "same.test", second);
  CHECK(rig.pool->under_way() == 1);
  SUBCASE("both are told") {
    CHECK(run_until(rig.io, [&] { return first.answer && second.answer; }));
    CHECK(stub.questions() == 2); // one for each kind of address
  }
  SUBCASE("one that leaves does not take the other's answer along") {
    two = {};
    CHECK(run_until(rig.io, [&] { return first.answer.has_value(); }));
    CHECK_FALSE(second.answer);
  }
}

TEST_CASE("a look-up that is taken back ends at once, and says nothing") {
  name_stub stub{[](const std::string&, bool) -> std::optional<name_reply> { return std::nullopt; }};
  pool_rig rig;
  asked lost;
  auto ticket = rig.ask(stub, "silent.test", lost);
  rig.io.run_for(50ms);
  const auto begun = clock::now();
  ticket = {};
  rig.io.restart();
  rig.io.run(); // nothing of it is left to wait for
  CHECK(clock::now() - begun < 200ms);
  CHECK(rig.pool->under_way() == 0);
  CHECK_FALSE(lost.answer);
}

TEST_CASE("a look-up that hangs keeps nobody from a name server that is well again") {
  std::atomic<bool> well{false};
  name_stub stub{[&](const std::string&, bool six) -> std::optional<name_reply> {
    if (!well)
      return std::nullopt;
    return six ? name_reply{} : name_reply{{"192.0.2.3"}};
  }};
  pool_rig rig;
  asked hung;
  asked later;
  const auto first = rig.ask(stub, "same.test", hung);
  rig.io.run_for(net::lookup_pool::shared_for + 20ms);
  well = true;
  const auto second = rig.ask(stub, "same.test", later);
  CHECK(run_until(rig.io, [&] { return later.answer.has_value(); }));
  CHECK_FALSE(hung.answer);
  CHECK(later.addresses().size() == 1);
}

TEST_CASE("no more look-ups are under way than were agreed; the others wait for their turn") {
  name_stub stub{slow_three};
  pool_rig rig;
  std::vector<asked> all(net::lookup_pool::at_once_max + 3);
  std::vector<net::lookup_pool::ticket> tickets;
  for (std::size_t i = 0; i < all.size(); ++i)
    tickets.push_back(rig.ask(stub, "host" + std::to_string(i) + ".test", all[i]));
  CHECK(rig.pool->under_way() == net::lookup_pool::at_once_max);
  CHECK(run_until(rig.io, [&] {
    return std::all_of(all.begin(), all.end(), [](const asked& each) { return each.answer.has_value(); });
  }));
}

TEST_CASE("a name server that is silent about one kind of address delays the other by moments only") {
  bool six_speaks = false;
  SUBCASE("it says nothing of IPv6") {}
  SUBCASE("it says nothing of IPv4") {
    six_speaks = true;
  }
  name_stub stub{[six_speaks](const std::string&, bool six) -> std::optional<name_reply> {
    if (six != six_speaks)
      return std::nullopt;
    return name_reply{{six ? "2001:db8::7" : "192.0.2.7"}};
  }};
  pool_rig rig;
  asked half;
  const auto begun = clock::now();
  const auto ticket = rig.ask(stub, "half.test", half);
  CHECK(run_until(rig.io, [&] { return half.answer.has_value(); }));
  CHECK(half.addresses() == std::vector<std::string>{six_speaks ? "2001:db8::7" : "192.0.2.7"});
  CHECK(clock::now() - begun < 1500ms);
}

TEST_CASE("a name without an address says whose it was") {
  name_stub stub{four_only({})};
  pool_rig rig;
  asked none;
  const auto ticket = rig.ask(stub, "nobody.test", none);
  CHECK(run_until(rig.io, [&] { return none.answer.has_value(); }));
  REQUIRE_FALSE(none.answer->has_value());
  CHECK(none.answer->fault().find("nobody.test") != std::string::npos);
}

TEST_CASE("what needs no name server asks none") {
  using net::name_lookup;
  CHECK(name_lookup::known_addresses("192.0.2.1").size() == 1);
  CHECK(name_lookup::known_addresses("2001:db8::1").size() == 1);
  CHECK(name_lookup::known_addresses("localhost").size() == 2);
  CHECK(name_lookup::known_addresses("localhost.").size() == 2);
  CHECK(name_lookup::known_addresses("localhost.example").empty());
}
