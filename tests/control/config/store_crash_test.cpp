#include "tests/control/config/store_rig.hpp"
#include "tests/control/config/watched_files.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <sys/wait.h>

namespace cafnode::control {

namespace {

using step = std::function<bool(config_store&)>;

/// A store with a full history, so that the next proposal also drops one.
void fill(on_disk& at) {
  for (std::size_t i = 1; i < versions_max; ++i)
    add_committed(*at.store, "version " + std::to_string(i) + std::string(3'000, '#'));
  REQUIRE(at.store->mark_stable(versions_max - 1));
  add_committed(*at.store, "running");
}

/// Opens the store and does `what`, being killed at the change with the number `at`; whether it got to its end.
bool done_before_kill(const std::string& folder, std::uint64_t at, const step& what) {
  const int status = run_in_child([&] {
    auto opened = open_sqlite_config_store(folder);
    if (!opened)
      return 2;
    watch_files().changes = 0;
    watch_files().kill_at = at;
    return what(*opened.value()) ? 0 : 3;
  });
  if (WIFSIGNALED(status))
    REQUIRE(WTERMSIG(status) == SIGKILL);
  else
    REQUIRE(WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

/// The store as it is found after a kill: all versions with their texts.
std::vector<config_version> content(const std::string& folder) {
  const auto opened = open_sqlite_config_store(folder);
  if (!opened)
    FAIL(opened.fault().message);
  std::vector<config_version> out;
  const auto entries = opened.value()->history();
  REQUIRE(entries);
  for (const auto& entry : entries.value())
    out.push_back(opened.value()->get(entry.number).value());
  return out;
}

/// Kills a process at each of the changes to a file that `what` makes, one after the other.
void kill_everywhere(on_disk& first, const step& what) {
  static_cast<void>(watch_files());
  first.store.reset();
  const auto before = content(first.folder);
  std::vector<config_version> after;
  std::size_t old = 0, fresh = 0;
  temporary_folder copies;
  for (std::uint64_t at = 1; at < 1'000; ++at) {
    const auto copy = copies.path_of(std::to_string(at));
    std::filesystem::copy(first.folder, copy);
    std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
    const bool done = done_before_kill(copy, at, what);
    const auto found = content(copy);
    if (found == before)
      ++old;
    else if (after.empty())
      after = found;
    if (found != before) {
      ++fresh;
      CHECK(found == after);
    }
    std::filesystem::remove_all(copy);
    if (done) {
      CHECK(found != before);
      CHECK(at > 5);
      CHECK(old > 1);
      CHECK(fresh >= 1);
      return;
    }
  }
  FAIL("it never came to its end");
}

} // namespace

SCENARIO("killed at any write of a proposal, the store is as before or has it whole") {
  on_disk at;
  fill(at);
  kill_everywhere(at, [](config_store& store) {
    return store.propose(proposal_of("fresh" + std::string(20'000, '!'))).has_value();
  });
}

SCENARIO("killed at any write of a commit, the old version runs or the new one") {
  on_disk at;
  fill(at);
  const auto fresh = at.store->propose(proposal_of("fresh")).value();
  kill_everywhere(at, [fresh](config_store& store) { return store.commit(fresh).has_value(); });
}

SCENARIO("killed at any write of an undoing, the new version runs or the old one") {
  on_disk at;
  fill(at);
  const auto fresh = add_committed(*at.store, "fresh");
  kill_everywhere(at, [fresh](config_store& store) { return store.mark_undone(fresh, "bad").has_value(); });
}

SCENARIO("killed while a store is made, the next start makes it") {
  static_cast<void>(watch_files());
  for (std::uint64_t at = 1; at < 100; ++at) {
    const temporary_folder above;
    const auto folder = above.path_of("state");
    const int status = run_in_child([&] {
      watch_files().changes = 0;
      watch_files().kill_at = at;
      return open_sqlite_config_store(folder) ? 0 : 1;
    });
    CHECK(content(folder).empty());
    if (WIFEXITED(status)) {
      CHECK(WEXITSTATUS(status) == 0);
      CHECK(at > 3);
      return;
    }
  }
  FAIL("it never came to its end");
}

SCENARIO("a store that was moved away in the midst of a change makes room for a new one") {
  static_cast<void>(watch_files());
  on_disk first;
  fill(first);
  first.store.reset();
  const temporary_folder copies;
  for (std::uint64_t at = 1; at < 1'000; ++at) {
    const auto copy = copies.path_of(std::to_string(at));
    std::filesystem::copy(first.folder, copy);
    std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
    const bool done =
        done_before_kill(copy, at, [](config_store& store) { return store.propose(proposal_of("fresh")).has_value(); });
    std::filesystem::rename(copy + "/config.db", copy + "/damaged");
    CHECK(content(copy).empty());
    if (done)
      return;
  }
  FAIL("it never came to its end");
}

SCENARIO("what a call has kept is on the disk when it returns") {
  const auto& watch = watch_files();
  on_disk at;
  CHECK(watch.unsynced == 0);
  const auto changes = watch.changes;
  const auto number = at.store->propose(proposal_of("a")).value();
  CHECK(watch.changes > changes);
  CHECK(watch.unsynced == 0);
  REQUIRE(at.store->commit(number));
  CHECK(watch.unsynced == 0);
  REQUIRE(at.store->mark_stable(number));
  CHECK(watch.unsynced == 0);
  REQUIRE(at.store->remember_file(config_hash("a")));
  CHECK(watch.unsynced == 0);
}

SCENARIO("after a kill the version whose apply was cut short is known") {
  const temporary_folder above;
  const auto folder = above.path_of("state");
  const int status = run_in_child([&] {
    auto opened = open_sqlite_config_store(folder);
    if (!opened || !opened.value()->propose(proposal_of("cut short")))
      return 1;
    ::raise(SIGKILL);
    return 2;
  });
  REQUIRE(WIFSIGNALED(status));
  const auto opened = open_sqlite_config_store(folder);
  REQUIRE(opened);
  CHECK(opened.value()->pending().value()->number == 1);
  CHECK(opened.value()->get(1).value().text == "cut short");
  CHECK(!opened.value()->running().value());
  REQUIRE(opened.value()->mark_undone(1, "the node ended while it was applied"));
  CHECK(!opened.value()->pending().value());
}

} // namespace cafnode::control
