#include "runtime/observe/event_log.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>

using namespace cafnode::observe;
using namespace std::chrono_literals;

namespace {

event called(std::string kind) {
  event out;
  out.kind = std::move(kind);
  return out;
}

std::vector<std::uint64_t> numbers(const std::vector<event_ptr>& events) {
  std::vector<std::uint64_t> out;
  for (const auto& event : events)
    out.push_back(event->seq);
  return out;
}

using list = std::vector<std::uint64_t>;

} // namespace

SCENARIO("events are numbered from 1 without gaps and given back after any number") {
  event_log log{{}};
  CHECK(log.since(0, 10).events.empty());
  CHECK(log.last_seq() == 0);
  for (const auto* kind : {"a", "b", "c"})
    log.publish(called(kind));
  CHECK(numbers(log.since(0, 10).events) == list{1, 2, 3});
  CHECK(numbers(log.since(1, 10).events) == list{2, 3});
  CHECK(numbers(log.since(0, 2).events) == list{1, 2});
  CHECK(log.since(3, 10).events.empty());
  CHECK(log.since(3, 10).last_seq == 3);
  CHECK_FALSE(log.since(3, 10).gap);
}

SCENARIO("the log keeps its newest events, and a reader who came too late is told of the gap") {
  event_log log{{4, 8}};
  for (int i = 0; i < 10; ++i)
    log.publish(called("x"));
  CHECK(numbers(log.since(0, 100).events) == list{7, 8, 9, 10});
  CHECK_FALSE(log.since(0, 100).gap);
  CHECK_FALSE(log.since(6, 100).gap);
  CHECK(log.since(5, 100).gap);
  CHECK(numbers(log.since(5, 100).events) == list{7, 8, 9, 10});
  CHECK(numbers(log.since(9, 100).events) == list{10});
}

SCENARIO("a reader with a number of an earlier run gets all that is here, and is told") {
  event_log log{{}};
  log.publish(called("x"));
  const auto page = log.since(500, 10);
  CHECK(page.gap);
  CHECK(numbers(page.events) == list{1});
}

SCENARIO("a subscriber gets what comes after it, and is woken once until it takes") {
  event_log log{{}};
  log.publish(called("before"));
  int woken = 0;
  const auto subscriber = log.subscribe(10, [&woken] { ++woken; });
  CHECK(subscriber->take(10).empty());
  log.publish(called("one"));
  log.publish(called("two"));
  CHECK(woken == 1);
  CHECK(numbers(subscriber->take(1)) == list{2});
  CHECK(numbers(subscriber->take(10)) == list{3});
  log.publish(called("three"));
  CHECK(woken == 2);
}

SCENARIO("a subscriber that does not take loses the oldest and knows how many; others do not suffer") {
  event_log log{{}};
  const auto slow = log.subscribe(3, nullptr);
  const auto quick = log.subscribe(100, nullptr);
  for (int i = 0; i < 10; ++i)
    log.publish(called("x"));
  CHECK(slow->lost() == 7);
  CHECK(numbers(slow->take(10)) == list{8, 9, 10});
  CHECK(quick->lost() == 0);
  CHECK(quick->take(100).size() == 10);
}

SCENARIO("subscribers are bounded, and one that goes makes room") {
  event_log log{{10, 2}};
  auto first = log.subscribe(1, nullptr);
  const auto second = log.subscribe(1, nullptr);
  CHECK(log.subscribe(1, nullptr) == nullptr);
  first.reset();
  CHECK(log.subscribe(1, nullptr) != nullptr);
}

SCENARIO("a wake may drop its own subscription and take from the log") {
  event_log log{{}};
  std::shared_ptr<event_subscription> subscriber;
  std::size_t seen = 0;
  subscriber = log.subscribe(4, [&] {
    seen = log.since(0, 10).events.size();
    subscriber.reset();
  });
  log.publish(called("x"));
  log.publish(called("y"));
  CHECK(seen == 1);
}

SCENARIO("a subscription that has gone is never woken again, whoever publishes at that moment") {
  event_log log{{100, 8}};
  std::atomic<bool> stop{false};
  std::vector<std::jthread> publishers;
  for (int t = 0; t < 3; ++t)
    publishers.emplace_back([&] {
      while (!stop)
        log.publish(called("x"));
    });
  for (int round = 0; round < 1000; ++round) {
    // What the wakes of three followers use: it goes right behind their handles, as a control thread does at the end.
    const auto used = std::make_unique<std::atomic<int>>(0);
    std::vector<std::shared_ptr<event_subscription>> followers;
    for (int i = 0; i < 3; ++i)
      followers.push_back(log.subscribe(4, [raw = used.get()] { raw->fetch_add(1); }));
    const auto before = log.last_seq();
    while (log.last_seq() < before + 3)
      std::this_thread::yield();
    followers.clear();
    const int woken = used->load();
    while (log.last_seq() < before + 6)
      std::this_thread::yield();
    REQUIRE(used->load() == woken);
  }
  stop = true;
}

SCENARIO("what slow subscribers lose is counted over all of them, and stays counted when they have gone") {
  event_log log{{}};
  auto slow = log.subscribe(3, nullptr);
  const auto slower = log.subscribe(1, nullptr);
  for (int i = 0; i < 5; ++i)
    log.publish(called("x"));
  slow.reset();
  CHECK(log.lost_by_subscribers() == 2 + 4);
}

SCENARIO("publishers on many threads make one order, the same for every subscriber") {
  event_log log{{10'000, 8}};
  const auto one = log.subscribe(10'000, nullptr);
  const auto two = log.subscribe(10'000, nullptr);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&log] {
        for (int i = 0; i < 500; ++i)
          log.publish(called("x"));
      });
  }
  const auto seen = one->take(10'000);
  CHECK(seen == two->take(10'000));
  REQUIRE(seen.size() == 2000);
  for (std::size_t i = 0; i < seen.size(); ++i)
    REQUIRE(seen[i]->seq == i + 1);
}

SCENARIO("an event is one JSON object with all its parts") {
  event from;
  from.seq = 7;
  from.at = {cafnode::base::time_point{5ns}, cafnode::base::wall_time{1us}};
  from.kind = "connection_phase";
  from.subject = "/tokyo/alpha";
  from.cause = "peer said \"bye\"";
  from.correlation = "c-1";
  from.fields = {kv("phase", "live"), kv("took_ms", 12)};
  CHECK(to_json(from) == R"({"seq":7,"at":"1970-01-01T00:00:00.000001Z","steady_ns":5,"kind":"connection_phase",)"
                         R"("subject":"/tokyo/alpha","cause":"peer said \"bye\"","corr":"c-1",)"
                         R"("fields":{"phase":"live","took_ms":12}})");
}
