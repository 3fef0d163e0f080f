#include "runtime/process/fence.hpp"
#include "runtime/process/name_registry.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/actor_registry.hpp>
#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace cafnode;
using process::name_fault_code;
using process::process_base;

namespace {

caf::actor spawn_idle(test::virtual_world& world) {
  const auto made = world.spawn_function("owner", [](process_base&) -> caf::behavior { return {}; });
  world.run();
  return made;
}

caf::actor spawn_plain(caf::actor_system& system) {
  return system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
}

} // namespace

SCENARIO("a name that a living actor holds is not given to another, and each claim has a number of its own") {
  GIVEN("two processes and a plain actor") {
    test::virtual_world world;
    auto& names = world.services().names();
    const auto one = spawn_idle(world);
    const auto two = spawn_idle(world);
    const auto plain = spawn_plain(world.system());

    WHEN("the first claims a name, and the others want it") {
      const auto first = names.claim("gate", one);
      const auto second = names.claim("gate", two);
      const auto again = names.claim("gate", one);

      THEN("they hear who holds it") {
        REQUIRE(first);
        CHECK(first.value() == 1);
        REQUIRE_FALSE(second);
        CHECK(second.fault().code == name_fault_code::taken);
        CHECK(second.fault().holder.holder == one);
        CHECK(second.fault().holder.incarnation == 1);
        CHECK_FALSE(again);
        CHECK(names.whereis("gate")->holder == one);
        CHECK_FALSE(names.whereis("other"));
      }
      THEN("only the holder can release it, and the next claim has a higher number") {
        CHECK_FALSE(names.release("gate", two));
        CHECK_FALSE(names.release("gate", {}));
        CHECK_FALSE(names.release("other", one));
        CHECK(names.whereis("gate"));
        CHECK(names.release("gate", one));
        CHECK_FALSE(names.whereis("gate"));
        CHECK(names.size() == 0);
        const auto third = names.claim("gate", plain);
        REQUIRE(third);
        CHECK(third.value() == 2);
        process::kill(one); // its end is nothing to the name any more
        world.run();
        CHECK(names.whereis("gate")->holder == plain);
      }
    }
    process::kill(plain);
    world.run();
  }
}

SCENARIO("a name is replaced only by who knows the number that stands") {
  test::virtual_world world;
  auto& names = world.services().names();
  const auto one = spawn_idle(world);
  const auto two = spawn_idle(world);
  REQUIRE(names.claim("gate", one).value() == 1);
  const auto wrong = names.replace("gate", two, 7);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.fault().code == name_fault_code::changed);
  CHECK(wrong.fault().holder.holder == one);
  CHECK(names.replace("gate", two, 0).fault().code == name_fault_code::taken);
  CHECK(names.replace("none", two, 3).fault().code == name_fault_code::changed);
  const auto right = names.replace("gate", two, 1);
  REQUIRE(right);
  CHECK(right.value() == 2);
  CHECK(names.whereis("gate")->holder == two);
  CHECK(names.replace("gate", one, 1).fault().code == name_fault_code::changed);
  process::kill(one); // its end comes late
  world.run();
  CHECK(names.whereis("gate")->holder == two);
  CHECK(names.size() == 1);
}

SCENARIO("a name is free as soon as its holder has ended, however it ends, or is fenced") {
  GIVEN("a name for each of several owners") {
    test::virtual_world world;
    auto& names = world.services().names();
    const auto stopped = spawn_idle(world);
    const auto killed = spawn_idle(world);
    const auto fenced = spawn_idle(world);
    const auto plain = spawn_plain(world.system());
    const auto crashed = world.spawn_function(
        "crashed", [](process_base&) -> caf::behavior { return {[](int) { throw std::runtime_error{"crash"}; }}; });
    world.run();
    REQUIRE(names.claim("a", stopped));
    REQUIRE(names.claim("b", killed));
    REQUIRE(names.claim("c", fenced));
    REQUIRE(names.claim("d", plain));
    REQUIRE(names.claim("e", crashed));
    REQUIRE(names.claim("e2", crashed));
    CHECK(names.size() == 6);

    WHEN("one of them is fenced, and has not ended yet") {
      process::find_process(fenced)->fence();

      THEN("it is not found, its name can be claimed, and it can claim none") {
        CHECK_FALSE(names.whereis("c"));
        CHECK(names.page("").size() == 5);
        CHECK(names.claim("f", fenced).fault().code == name_fault_code::owner_ended);
        REQUIRE(names.claim("c", stopped));
        world.run();
        CHECK(names.whereis("c")->holder == stopped);
      }
    }
    WHEN("all end") {
      process::ask_to_stop(stopped);
      for (const auto& each : {killed, fenced, plain})
        process::kill(each);
      process::tell_anonymous(crashed, 1);
      world.run();

      THEN("nothing is left of them") {
        CHECK(names.size() == 0);
        CHECK(names.page("").empty());
        CHECK(names.claim("a", stopped).fault().code == name_fault_code::owner_ended);
        CHECK(names.claim("a", {}).fault().code == name_fault_code::owner_ended);
        const auto next = spawn_idle(world);
        CHECK(names.claim("a", next).value() == 7);
      }
    }
    process::kill(plain);
    world.run();
  }
}

SCENARIO("a name keeps nobody alive, and an owner that claims and releases again and again keeps nothing") {
  test::virtual_world world;
  auto& names = world.services().names();
  auto plain = spawn_plain(world.system());
  world.run();
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(names.claim("again", plain));
    REQUIRE(names.release("again", plain));
  }
  auto& owner = *caf::actor_cast<caf::abstract_actor*>(plain);
  for (std::uint64_t claim = 1; claim <= 1000; ++claim)
    REQUIRE(owner.detach(process::name_registry::hook_token{&names, claim}) == 0);
  REQUIRE(names.claim("again", plain).value() == 1001);
  CHECK(owner.detach(process::name_registry::hook_token{&names, 1001}) == 1);
  REQUIRE(names.replace("again", plain, 1001));
  const auto trace = caf::actor_cast<caf::weak_actor_ptr>(plain);
  plain = nullptr;
  world.run();
  CHECK_FALSE(trace.lock());
  CHECK_FALSE(names.whereis("again"));
  CHECK(names.size() == 0);
}

SCENARIO("there are no more names than the bound, and a name has a length") {
  test::virtual_world world;
  const auto owner = spawn_idle(world);
  process::name_registry names{3};
  for (const auto* name : {"a", "b", "c"})
    REQUIRE(names.claim(name, owner));
  const auto refused = names.claim("d", owner);
  REQUIRE_FALSE(refused);
  CHECK(refused.fault().code == name_fault_code::registry_full);
  CHECK(refused.fault().text == "there are 3 names already");
  REQUIRE(names.release("a", owner));
  CHECK(names.claim("d", owner));
  CHECK(names.claim("", owner).fault().code == name_fault_code::bad_name);
  CHECK(names.claim(std::string(257, 'x'), owner).fault().code == name_fault_code::bad_name);
  process::kill(owner);
  world.run();
  CHECK(names.size() == 0);
}

SCENARIO("names are shown page by page, in order") {
  test::virtual_world world;
  auto& names = world.services().names();
  const auto owner = spawn_idle(world);
  for (int i = 0; i < 2500; ++i)
    REQUIRE(names.claim("n" + std::to_string(10'000 + i), owner));
  std::vector<std::string> seen;
  for (std::string after;; after = seen.back()) {
    const auto page = names.page(after);
    CHECK(page.size() <= process::name_registry::page_max);
    if (page.empty())
      break;
    for (const auto& each : page)
      seen.push_back(each.name);
  }
  CHECK(seen.size() == 2500);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(names.page("", 2).size() == 2);
  CHECK(names.page("", 0).empty());
  CHECK(names.page("n10001", 1).front().name == "n10002");
  CHECK(names.page("n10001", 1).front().claim.holder == owner);
}

SCENARIO("while owners end on other threads, the cleanup of an old claim never removes a new one") {
  process::system_config config{2};
  caf::actor_system system{config};
  auto& names = config.services().names();
  constexpr int rounds = 2000;
  std::atomic<bool> over{false};
  std::atomic<int> wrong{0};
  std::thread reader{[&] {
    std::uint64_t latest = 0;
    while (!over) {
      const auto found = names.whereis("gate");
      if (!found)
        continue;
      if (found->incarnation < latest)
        ++wrong; // an old claim came back
      latest = found->incarnation;
    }
  }};
  for (int round = 0; round < rounds; ++round) {
    const auto owner = process::spawn_process<test::function_process>(
        system, nullptr, "owner", [](process_base&) -> caf::behavior { return {}; });
    // The one before ends right now, on a thread of the scheduler.
    const auto before = names.whereis("gate");
    const auto claimed = before ? names.replace("gate", owner, before->incarnation) : names.claim("gate", owner);
    if (!claimed && !names.claim("gate", owner))
      ++wrong; // it had ended between the look and the claim: then the name is free
    if (const auto now = names.whereis("gate"); !now || now->holder != owner)
      ++wrong;
    process::kill(owner);
  }
  over = true;
  reader.join();
  while (system.registry().running() > 0)
    std::this_thread::yield();
  CHECK(wrong == 0);
  CHECK_FALSE(names.whereis("gate"));
  while (names.size() > 0) // the cleanup follows the end
    std::this_thread::yield();
}
