#include "tests/runtime/process/mailbox_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using process::process_base;

namespace {

using texts = std::vector<std::string>;

} // namespace

SCENARIO("a message that is skipped waits in front until another was handled, also across a restart") {
  GIVEN("a reader that does not want `later` yet") {
    test::mailbox_rig rig{3, process::overflow::drop_newest};
    const auto first = rig.spawn_reader();
    rig.world.run();
    for (const auto* text : {"later", "a", "later"})
      rig.send(text);
    rig.world.run();
    CHECK(rig.handled == texts{"a"});
    CHECK(rig.box->length() == 2);
    CHECK(process::mailbox_length(first) == 2);

    WHEN("it handles what it waited for") {
      rig.send("now");
      rig.world.run();

      THEN("they are handled") {
        CHECK(rig.handled == texts{"a", "now", "later", "later"});
        CHECK(rig.box->length() == 0);
      }
    }
    WHEN("it hears it as an urgent message") {
      process::tell_urgent_anonymous(first, std::string{"now"});
      rig.world.run();

      THEN("they are handled, too") {
        CHECK(rig.handled == texts{"a", "now", "later", "later"});
      }
    }
    WHEN("it crashes, and the next one wants everything") {
      rig.send("crash");
      rig.world.run();
      rig.send("b");
      rig.send("c");
      rig.now = true;
      rig.spawn_reader();
      rig.world.run();

      THEN("the next one gets them first, and the bound held") {
        CHECK(rig.handled == texts{"a", "later", "later", "b"});
        CHECK(rig.box->figures().dropped == 1);
      }
    }
  }
}

SCENARIO("a message that is skipped when its place was taken meanwhile makes one lose, by the policy") {
  const auto lives = [](process::overflow policy) {
    test::mailbox_rig rig{1, policy};
    bool wanted = false;
    texts seen;
    const auto reader = rig.spawn([&](process_base&) -> caf::behavior {
      return {[&](const std::string& text) -> caf::result<void> {
                if (!wanted) {
                  if (text == "old")
                    rig.send("young");
                  return caf::skip();
                }
                seen.push_back(text);
                return caf::unit;
              },
              [&](int) { wanted = true; }};
    });
    rig.world.run();
    rig.send("old");
    rig.world.run();
    CHECK(rig.box->length() == 1);
    CHECK(rig.box->figures().dropped + rig.box->figures().refused == 1);
    process::tell_urgent_anonymous(reader, 1);
    rig.world.run();
    return seen;
  };
  CHECK(lives(process::overflow::refuse) == texts{"old"});
  CHECK(lives(process::overflow::drop_newest) == texts{"old"});
  CHECK(lives(process::overflow::drop_oldest) == texts{"young"});
}
