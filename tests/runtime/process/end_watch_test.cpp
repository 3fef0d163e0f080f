#include "runtime/process/end_watch.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace cafnode;
using process::process_base;
using process::reason_code;
using process::watch_token;

namespace {

using news = std::vector<std::pair<watch_token, std::string>>;

/// Watches with tokens, does what it is told, and notes what it hears.
class hub final : public process_base {
public:
  using work = std::function<void(hub& self)>;

  hub(caf::actor_config& config, news& heard) : process_base{config, "hub"}, heard_{&heard} {}

  int handled = 0;
  int handled_at_news = -1;

private:
  caf::behavior behave() override {
    return {[this](work& wanted) { wanted(*this); }, [this](int) { ++handled; }};
  }

  void on_watched_end(watch_token token, const caf::error& reason) override {
    handled_at_news = handled;
    heard_->emplace_back(token, process::text_of(reason));
  }

  news* heard_;
};

caf::behavior mortal(process_base& self) {
  return {[&self](const std::string& why) { self.stop(process::make_reason(reason_code::refused, why)); }};
}

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hub::work)

SCENARIO("whoever watches with a token hears of the end once, with the token and the true reason") {
  GIVEN("a hub that watches one twice and another once") {
    test::virtual_world world;
    news heard;
    const auto who = world.spawn<hub>(heard);
    const auto one = world.spawn_function("one", mortal);
    const auto other = world.spawn_function("other", mortal);
    const auto tell = [&](hub::work work) {
      process::tell_anonymous(who, std::move(work));
      world.run();
    };
    tell([&](hub& self) {
      self.watch_with(one, {1, 10});
      self.watch_with(one, {2, 10});
      self.watch_with(other, {1, 11});
    });

    WHEN("one ends") {
      process::tell_anonymous(one, std::string{"bad key"});
      world.run();

      THEN("it is told for each of its watches, and for no other") {
        CHECK(heard.size() == 2);
        CHECK(std::ranges::count(heard, std::pair{watch_token{1, 10}, std::string{"bad key"}}) == 1);
        CHECK(std::ranges::count(heard, std::pair{watch_token{2, 10}, std::string{"bad key"}}) == 1);
      }
    }
    WHEN("a watch is taken back before the end") {
      tell([&](hub& self) {
        self.unwatch_with(one, {1, 10});
        self.unwatch_with(one, {1, 11}); // that is the other's
      });
      process::tell_anonymous(one, std::string{"bad key"});
      process::tell_anonymous(other, std::string{"gone"});
      world.run();

      THEN("that one is not told, all else is") {
        CHECK(heard == news{{{2, 10}, "bad key"}, {{1, 11}, "gone"}});
      }
    }
    WHEN("one is watched that has ended long ago") {
      process::tell_anonymous(other, std::string{"gone"});
      world.run();
      heard.clear();
      tell([&](hub& self) { self.watch_with(other, {3, 12}); });

      THEN("the true reason comes all the same") {
        CHECK(heard == news{{{3, 12}, "gone"}});
      }
    }
    WHEN("the hub is shutting down when the news comes") {
      process::tell_anonymous(one, std::string{"bad key"});
      process::kill(who);
      world.run();

      THEN("nothing is told any more") {
        CHECK(heard.empty());
      }
    }
  }
}

SCENARIO("two who watch one target with the same token do not take each other's watch back") {
  test::virtual_world world;
  news first_heard;
  news second_heard;
  const auto first = world.spawn<hub>(first_heard);
  const auto second = world.spawn<hub>(second_heard);
  const auto one = world.spawn_function("one", mortal);
  const hub::work watching = [&](hub& self) { self.watch_with(one, {1, 1}); };
  process::tell_anonymous(first, watching);
  process::tell_anonymous(second, watching);
  world.run();
  process::tell_anonymous(first, hub::work{[&](hub& self) { self.unwatch_with(one, {1, 1}); }});
  world.run();
  process::tell_anonymous(one, std::string{"gone"});
  world.run();
  CHECK(first_heard.empty());
  CHECK(second_heard == news{{{1, 1}, "gone"}});
}

SCENARIO("news of an end passes a backlog") {
  GIVEN("a hub with ten thousand messages before it") {
    test::virtual_world world;
    news heard;
    int handled_at_news = -1;
    const auto who = world.spawn<hub>(heard);
    const auto one = world.spawn_function("one", mortal);
    process::tell_anonymous(who, hub::work{[&](hub& self) { self.watch_with(one, {1, 1}); }});
    world.run();
    for (int i = 0; i < 10'000; ++i)
      process::tell_anonymous(who, i);
    process::tell_anonymous(who, hub::work{[&](hub& self) { handled_at_news = self.handled_at_news; }});

    WHEN("the one it watches is killed") {
      process::kill(one);
      world.run();

      THEN("it has heard of it before the end of the backlog") {
        CHECK(handled_at_news >= 0);
        CHECK(handled_at_news < 400); // the turn of the other one may come after one of its own
      }
    }
  }
}

SCENARIO("a watcher that took its watches back leaves nothing with those it watched") {
  test::virtual_world world;
  news heard;
  auto who = world.spawn<hub>(heard);
  const auto one = world.spawn_function("one", mortal);
  process::tell_anonymous(who, hub::work{[&](hub& self) {
                            self.watch_with(one, {1, 1});
                            self.unwatch_with(one, {1, 1});
                          }});
  world.run();
  const auto trace = caf::actor_cast<caf::weak_actor_ptr>(who);
  process::kill(who);
  who = nullptr;
  world.run();
  CHECK(trace.get()->strong_refs == 0);
  CHECK(trace.get()->weak_refs == 1);
}

SCENARIO("a watch with a token keeps no watcher alive") {
  test::virtual_world world;
  news heard;
  auto who = world.spawn<hub>(heard);
  const auto one = world.spawn_function("one", mortal);
  process::tell_anonymous(who, hub::work{[&](hub& self) { self.watch_with(one, {1, 1}); }});
  world.run();
  const auto trace = caf::actor_cast<caf::weak_actor_ptr>(who);
  process::kill(who);
  who = nullptr;
  world.run();
  CHECK(trace.get()->strong_refs == 0);
  process::tell_anonymous(one, std::string{"gone"});
  world.run();
  CHECK(heard.empty());
  CHECK(trace.get()->weak_refs == 1);
}
