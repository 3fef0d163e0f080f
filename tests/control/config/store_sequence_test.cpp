#include "runtime/base/rng.hpp"
#include "tests/control/config/store_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>

namespace cafnode::control {

namespace {

/// What a store must hold after the operations so far, by the simplest rules that tell it.
struct expected_content {
  std::map<std::uint64_t, version_state> states; // of all versions there ever were
  std::map<std::uint64_t, std::string> texts;
  std::uint64_t last = 0;

  [[nodiscard]] std::uint64_t highest(std::initializer_list<version_state> wanted) const {
    std::uint64_t out = 0;
    for (const auto& [number, state] : states)
      for (const auto one : wanted)
        if (state == one)
          out = number;
    return out;
  }

  [[nodiscard]] std::uint64_t running() const { return highest({version_state::committed, version_state::stable}); }

  [[nodiscard]] std::uint64_t pending() const { return highest({version_state::proposed}); }
};

void check(const config_store& store, const expected_content& expected) {
  const auto kept = store.history().value();
  CHECK(kept.size() == std::min(expected.states.size(), versions_max));
  std::uint64_t before = 0;
  for (const auto& entry : kept) {
    CHECK(entry.number > before);
    before = entry.number;
    CHECK(entry.state == expected.states.at(entry.number));
    CHECK(store.get(entry.number).value().text == expected.texts.at(entry.number));
  }
  const auto number_of = [](const std::optional<version_entry>& entry) { return entry ? entry->number : 0; };
  CHECK(number_of(store.running().value()) == expected.running());
  CHECK(number_of(store.pending().value()) == expected.pending());
}

void propose(config_store& store, expected_content& expected, base::rng& chance) {
  const auto text =
      std::string(static_cast<std::size_t>(chance.between(1, 9'000)), 'a') + std::to_string(chance.next());
  const auto number = store.propose(proposal_of(text));
  REQUIRE(number.has_value() == (expected.pending() == 0));
  if (!number)
    return;
  CHECK(number.value() == ++expected.last);
  expected.states[expected.last] = version_state::proposed;
  expected.texts[expected.last] = text;
}

/// A step of a version that may be there or not, in the right state or not.
void move(config_store& store, expected_content& expected, base::rng& chance) {
  const auto last = static_cast<std::int64_t>(expected.last);
  const auto drawn = chance.chance(3, 4) ? last : chance.between(std::max<std::int64_t>(0, last - 3), last + 1);
  const auto number = static_cast<std::uint64_t>(drawn);
  const auto to = static_cast<version_state>(chance.between(1, 3));
  const auto done = to == version_state::committed ? store.commit(number)
                    : to == version_state::stable  ? store.mark_stable(number)
                                                   : store.mark_undone(number, "drawn");
  const auto found = expected.states.find(number);
  if (found == expected.states.end()) {
    CHECK(!done);
    return;
  }
  auto& state = found->second;
  const bool forward = (to == version_state::undone && state <= version_state::committed) ||
                       static_cast<int>(to) == static_cast<int>(state) + 1;
  const bool same = to == state || (to == version_state::committed && state == version_state::stable);
  CHECK(done.has_value() == ((forward && state != version_state::stable) || same));
  if (done && !same)
    state = to;
}

} // namespace

SCENARIO("whatever is asked of a store in whatever order, its versions keep their numbers, states and texts") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    base::rng chance{seed};
    on_disk disk;
    const auto memory = make_memory_config_store();
    expected_content expected;
    for (int i = 0; i < 400; ++i) {
      const auto drawn = chance.between(1, 10);
      const auto again = chance;
      for (auto* store : {disk.store.get(), memory.get()}) {
        chance = again;
        auto after = expected;
        if (drawn <= 5)
          propose(*store, after, chance);
        else
          move(*store, after, chance);
        if (store == memory.get())
          expected = after;
      }
      if (drawn == 10)
        disk.reopen();
      if (i % 10 == 0)
        check(*memory, expected);
    }
    disk.reopen();
    check(*disk.store, expected);
    check(*memory, expected);
    CHECK(disk.store->history().value() == memory->history().value());
    CHECK(expected.last > versions_max);
  }
}

} // namespace cafnode::control
