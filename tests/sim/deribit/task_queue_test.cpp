#include "sim/deribit/task_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cafnode;
using namespace std::chrono_literals;
using sim::task_queue;

namespace {

constexpr base::time_point start{};

} // namespace

SCENARIO("tasks run when they are due, in the order of their times and then of their coming") {
  task_queue queue;
  std::string ran;
  queue.add(start + 2s, [&ran] { ran += "c"; });
  queue.add(start + 1s, [&ran] { ran += "a"; });
  queue.add(start + 1s, [&ran] { ran += "b"; });
  CHECK(queue.next_due() == start + 1s);
  queue.run(start + 1s - 1ns);
  CHECK(ran.empty());
  queue.run(start + 1s);
  CHECK(ran == "ab");
  CHECK(queue.next_due() == start + 2s);
  queue.run(start + 5s);
  CHECK(ran == "abc");
  CHECK(queue.next_due() == base::time_point::max());
}

SCENARIO("what a task adds runs at once when it is due, and later otherwise") {
  task_queue queue;
  std::string ran;
  queue.add(start, [&] {
    queue.add(start, [&ran] { ran += "now"; });
    queue.add(start + 1ns, [&ran] { ran += "later"; });
  });
  queue.run(start);
  CHECK(ran == "now");
  CHECK(queue.size() == 1);
}

SCENARIO("a task may drop all others") {
  task_queue queue;
  int ran = 0;
  queue.add(start, [&queue] { queue.clear(); });
  queue.add(start, [&ran] { ++ran; });
  queue.run(start + 1s);
  CHECK(ran == 0);
}

SCENARIO("500,000 tasks may wait, not one more") {
  task_queue queue;
  for (std::size_t count = 0; count < task_queue::tasks_max; ++count)
    queue.add(start, [] {});
  CHECK_FALSE(queue.add(start, [] {}));
  CHECK(queue.size() == task_queue::tasks_max);
}
