#include "runtime/base/bounded_queue.hpp"

#include <doctest/doctest.h>

#include <memory>

using cafnode::base::bounded_queue;
using cafnode::base::overflow_policy;

SCENARIO("a queue gives back in the order of arrival, and then nothing") {
  bounded_queue<int> queue{3, overflow_policy::refuse_new};
  CHECK(queue.empty());
  CHECK(queue.push(1));
  CHECK(queue.push(2));
  CHECK(queue.pop() == 1);
  CHECK(queue.pop() == 2);
  CHECK_FALSE(queue.pop().has_value());
  CHECK(queue.dropped() == 0);
}

SCENARIO("a full queue that refuses keeps what it has and counts the loss") {
  bounded_queue<int> queue{2, overflow_policy::refuse_new};
  queue.push(1);
  queue.push(2);
  CHECK_FALSE(queue.push(3));
  CHECK(queue.size() == 2);
  CHECK(queue.dropped() == 1);
  CHECK(queue.pop() == 1);
  CHECK(queue.push(4));
}

SCENARIO("a full queue that drops the oldest takes the new item and counts the loss") {
  bounded_queue<int> queue{2, overflow_policy::drop_oldest};
  for (int i = 1; i <= 5; ++i)
    CHECK(queue.push(i));
  CHECK(queue.size() == queue.capacity());
  CHECK(queue.dropped() == 3);
  CHECK(queue.items().front() == 4);
  CHECK(queue.pop() == 4);
  CHECK(queue.pop() == 5);
}

SCENARIO("items that can only be moved go through") {
  bounded_queue<std::unique_ptr<int>> queue{1, overflow_policy::refuse_new};
  CHECK(queue.push(std::make_unique<int>(7)));
  CHECK(**queue.pop() == 7);
}
