// Make before break: the second process of a child, until there is one again.
#include "supervisors/replacements.hpp"
#include "tests/supervisors/parts_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::supervision;
using namespace cafnode::test;
using namespace std::chrono_literals;
using code = process::reason_code;

namespace {

struct rig_with_replacements : parts_rig {
  rig_with_replacements() : parts_rig{flags_of(), {late_worker()}} {
    seconds.begin(a);
    (void)said();
  }

  static supervisor_flags flags_of() { return test::flags(strategy::one_for_one); }

  static child_spec late_worker() {
    auto spec = worker("a");
    spec.start_within = 100ms;
    return spec;
  }

  child_record& a = running("a");
  replacements seconds{flags, children, out, heard, driver};
  child_ref next{a.slot, 2};
};

} // namespace

SCENARIO("a successor that is ready is the child, and the old one is stopped") {
  rig_with_replacements rig;
  CHECK(rig.seconds.is_successor(rig.next));
  CHECK(!rig.seconds.may_take_over(rig.next));
  rig.seconds.spawned(rig.a);
  CHECK(rig.seconds.may_take_over(rig.next));
  CHECK(rig.said() == words{"arm successor a 100"});
  CHECK(rig.seconds.promote(rig.a));
  CHECK(rig.a.incarnation == 2);
  CHECK(rig.a.phase == child_phase::ready);
  CHECK(!rig.seconds.is_successor(rig.next));
  CHECK(rig.seconds.is_retired({rig.a.slot, 1}));
  CHECK(rig.said() == words{"cancel successor a", "ask a#1", "arm retire_grace a 5000"});
  WHEN("it does not end within its grace") {
    rig.seconds.grace_is_over(rig.a.slot);
    CHECK(rig.said() == words{"cancel retire_grace a", "kill a#1", "arm retire_stuck a 5000"});
    AND_WHEN("nor by the kill") {
      THEN("it is fenced") {
        CHECK(rig.seconds.fence(rig.a.slot) == replacements::stuck_one::retired);
        CHECK(rig.said() == words{"fence a#1"});
      }
    }
  }
  WHEN("it ends") {
    rig.seconds.retired_ended(rig.a.slot, {code::shutdown, {}});
    THEN("the child has one process") {
      CHECK(!rig.seconds.has_second(rig.a.slot));
      CHECK(rig.said() == words{"cancel retire_grace a", "release a#1"});
    }
  }
}

SCENARIO("when the old one ended while it was being replaced there is nothing to wait for") {
  rig_with_replacements rig;
  rig.driver.ended(rig.a, {code::crashed, "by itself"});
  CHECK(!rig.seconds.promote(rig.a));
  CHECK(rig.a.phase == child_phase::ready);
  CHECK(rig.told() == words{"child_started a", "child_ended a"});
  CHECK(rig.events.back().reason == code::crashed);
  CHECK(!rig.seconds.has_second(rig.a.slot));
}

SCENARIO("a successor that does not come up leaves the child as it is") {
  rig_with_replacements rig;
  WHEN("its start fails") {
    const auto why = rig.seconds.failed(rig.a, {code::refused, "no"});
    THEN("nobody else is touched") {
      CHECK(why.code == code::refused);
      CHECK(rig.a.incarnation == 1);
      CHECK(rig.said().empty());
      CHECK(!rig.seconds.has_second(rig.a.slot));
    }
  }
  WHEN("it is not ready in time") {
    rig.seconds.spawned(rig.a);
    rig.seconds.successor_is_due(rig.a);
    CHECK(!rig.seconds.may_take_over(rig.next));
    CHECK(rig.said() == words{"arm successor a 100", "kill a#2", "arm retire_stuck a 5000"});
    THEN("it has failed for that, whatever it ends with") {
      CHECK(rig.seconds.failed(rig.a, {code::killed, {}}).code == code::start_failed);
      CHECK(rig.said() == words{"cancel retire_stuck a", "release a#2"});
    }
    THEN("it is fenced if the kill does not end it") {
      CHECK(rig.seconds.fence(rig.a.slot) == replacements::stuck_one::successor);
    }
  }
}

SCENARIO("at the end of the supervisor each second process is waited for") {
  rig_with_replacements rig;
  WHEN("a successor runs") {
    rig.seconds.spawned(rig.a);
    (void)rig.said();
    THEN("it is retired") {
      CHECK(rig.seconds.retire_all() == 1);
      CHECK(rig.seconds.is_retired(rig.next));
      CHECK(rig.said() == words{"cancel successor a", "ask a#2", "arm retire_grace a 5000"});
    }
  }
  WHEN("its start is under way") {
    THEN("its outcome is waited for, and it is retired then") {
      CHECK(rig.seconds.retire_all() == 1);
      CHECK(rig.said().empty());
      rig.seconds.retire_successor(rig.a);
      CHECK(rig.seconds.is_retired(rig.next));
    }
  }
}
