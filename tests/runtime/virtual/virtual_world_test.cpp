#include "runtime/process/tell.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace cafnode;
using namespace std::chrono_literals;
using process::process_base;

namespace {

/// Sends three messages to one process, of which the first makes another one ready, and gives what came in which order.
std::string order_with(std::size_t messages_per_turn) {
  virtual_time::virtual_world world;
  world.home().set_messages_per_turn(messages_per_turn);
  std::string order;
  const auto second = world.spawn_function(
      "second", [&order](process_base&) -> caf::behavior { return {[&order](int) { order += "second "; }}; });
  const auto first = world.spawn_function("first", [&order, second](process_base& self) -> caf::behavior {
    return {[&order, &self, second](int number) {
      order += std::to_string(number) + " ";
      if (number == 1)
        process::tell(self, second, 0);
    }};
  });
  world.run();
  for (const int number : {1, 2, 3})
    process::tell_anonymous(first, number);
  world.run();
  return order;
}

} // namespace

TEST_CASE("with one message a turn, who is told goes on before the next message of who told it") {
  CHECK(order_with(1) == "1 second 2 3 ");
  CHECK(order_with(2) == "1 2 second 3 ");
  CHECK(order_with(300) == "1 2 3 second ");
}

TEST_CASE("an hour passes at once, and timers fire each at its own time") {
  virtual_time::virtual_world world;
  const auto begun = world.now().steady;
  std::vector<base::duration> fired;
  std::vector<process::timer> timers;
  const auto who = world.spawn_function("waiting", [&](process_base& self) -> caf::behavior {
    for (const auto span : {50min, 10min})
      timers.push_back(self.after(span, [&] { fired.push_back(world.now().steady - begun); }));
    return {[](int) {}};
  });
  world.pass(1h);
  CHECK(fired == std::vector<base::duration>{10min, 50min});
  CHECK(world.now().steady - begun == 1h);
  CHECK(!world.ended(who).has_value());
  timers.clear();
}
