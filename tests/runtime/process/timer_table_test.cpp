#include "runtime/process/timer_table.hpp"

#include <caf/actor_control_block.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <set>
#include <vector>

using namespace cafnode;
using process::timer;

namespace {

/// Notes which tickets are cancelled.
class noting_source final : public process::timer_source {
public:
  [[nodiscard]] base::moment now() const override { return {}; }

  ticket arm(base::time_point, caf::weak_actor_ptr, std::uint64_t) override { return ++last; }

  void cancel(ticket armed) override { cancelled.push_back(armed); }

  ticket last = 0;
  std::vector<ticket> cancelled;
};

struct table_rig {
  std::uint64_t arm(std::function<void()> fire = [] {}) {
    const auto token = table.next_token();
    table.arm(source.arm({}, nullptr, token), std::move(fire));
    return token;
  }

  noting_source source;
  timer::shared table{source};
};

} // namespace

SCENARIO("a token fires what was armed under it, once") {
  table_rig rig;
  int fired = 0;
  const auto first = rig.arm([&] { fired += 1; });
  const auto second = rig.arm([&] { fired += 10; });
  rig.table.take(second)();
  CHECK(fired == 10);
  CHECK_FALSE(rig.table.take(second));
  CHECK_FALSE(rig.table.is_armed(second));
  CHECK(rig.table.is_armed(first));
  CHECK_FALSE(rig.table.take(0));
}

SCENARIO("a place is used again, under another token: a stale one finds nothing") {
  table_rig rig;
  std::set<std::uint64_t> tokens;
  for (int i = 0; i < 1000; ++i) {
    const auto token = rig.arm();
    CHECK(tokens.insert(token).second);
    if (i % 2 == 0)
      rig.table.cancel(token);
    else
      CHECK(rig.table.take(token));
    CHECK_FALSE(rig.table.is_armed(token));
  }
  CHECK(rig.table.size() == 1);
  CHECK(rig.source.cancelled.size() == 500);
}

SCENARIO("a table that has emptied lets go of its memory, and its old tokens stay stale") {
  table_rig rig;
  std::vector<std::uint64_t> old;
  for (std::size_t i = 0; i < 10 * timer::shared::idle_places_max; ++i)
    old.push_back(rig.arm());
  rig.table.cancel_all();
  CHECK(rig.source.cancelled.size() == old.size());
  CHECK(rig.table.size() == 0);
  for (std::size_t i = 0; i < old.size(); ++i)
    static_cast<void>(rig.arm());
  for (const auto token : old)
    CHECK_FALSE(rig.table.is_armed(token));
}

SCENARIO("what a cancelled closure holds may be another timer of the same table") {
  table_rig rig;
  const auto other = rig.arm();
  auto owner = std::shared_ptr<void>{nullptr, [&](void*) { rig.table.cancel(other); }};
  const auto first = rig.arm([held = std::move(owner)] { static_cast<void>(held); });
  rig.table.cancel(first);
  CHECK_FALSE(rig.table.is_armed(first));
  CHECK_FALSE(rig.table.is_armed(other));
  CHECK(rig.source.cancelled.size() == 2);
}
