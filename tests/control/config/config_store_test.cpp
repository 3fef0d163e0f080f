#include "control/config/config_store.hpp"
#include "tests/control/config/store_rig.hpp"

#include <doctest/doctest.h>

#include <string>

/// What every store keeps to, in memory or on a disk.
namespace cafnode::control {

namespace {

template<class Result>
store_errc code_of(const Result& result) {
  REQUIRE(!result);
  return result.fault().code;
}

} // namespace

SCENARIO_TEMPLATE("a version is given back as it was proposed", Where, in_memory, on_disk) {
  Where at;
  GIVEN("a proposal whose text has bytes of every kind") {
    auto proposal = proposal_of(std::string{"name: a\0b\xff\r\n", 13});
    proposal.why = "wider limits, \xc3\xa9t\xc3\xa9 'quoted'";
    proposal.source = version_source::sighup;
    const auto number = at.store->propose(proposal);
    REQUIRE(number);
    THEN("all of it can be read again") {
      const auto version = at.store->get(number.value());
      REQUIRE(version);
      const version_entry expected{number.value(),         proposal.time_ms,        proposal.who,  proposal.why,
                                   version_source::sighup, version_state::proposed, proposal.hash, ""};
      CHECK(version.value().entry == expected);
      CHECK(version.value().text == proposal.text);
      REQUIRE(at.store->history());
      CHECK(at.store->history().value() == std::vector{expected});
    }
  }
}

SCENARIO_TEMPLATE("a new store has nothing", Where, in_memory, on_disk) {
  Where at;
  CHECK(at.store->history().value().empty());
  CHECK(!at.store->running().value());
  CHECK(!at.store->pending().value());
  CHECK(!at.store->file_hash().value());
  CHECK(code_of(at.store->get(1)) == store_errc::not_found);
  CHECK(code_of(at.store->commit(1)) == store_errc::not_found);
}

SCENARIO_TEMPLATE("a version runs from its commit on", Where, in_memory, on_disk) {
  Where at;
  GIVEN("a version that runs and one that is proposed") {
    const auto old = add_committed(*at.store, "old");
    const auto fresh = at.store->propose(proposal_of("fresh")).value();
    CHECK(fresh == old + 1);
    THEN("the old one runs, and the proposal is known as pending") {
      CHECK(at.store->running().value()->number == old);
      CHECK(at.store->pending().value()->number == fresh);
    }
    WHEN("the new one is committed") {
      REQUIRE(at.store->commit(fresh));
      THEN("it runs, and nothing is pending") {
        CHECK(at.store->running().value()->number == fresh);
        CHECK(!at.store->pending().value());
      }
      AND_WHEN("its gate is met") {
        REQUIRE(at.store->mark_stable(fresh));
        CHECK(at.store->running().value()->state == version_state::stable);
      }
      AND_WHEN("it is undone") {
        REQUIRE(at.store->mark_undone(fresh, "deribit-1 did not come back"));
        THEN("the old one runs, and the reason is kept") {
          CHECK(at.store->running().value()->number == old);
          CHECK(at.store->get(fresh).value().entry.state == version_state::undone);
          CHECK(at.store->get(fresh).value().entry.undone_why == "deribit-1 did not come back");
        }
      }
    }
    WHEN("the new one is undone") {
      REQUIRE(at.store->mark_undone(fresh, "refused"));
      CHECK(at.store->running().value()->number == old);
      CHECK(!at.store->pending().value());
      THEN("its number is not used again") {
        CHECK(at.store->propose(proposal_of("next")).value() == fresh + 1);
      }
    }
  }
}

SCENARIO_TEMPLATE("only one version is proposed at a time", Where, in_memory, on_disk) {
  Where at;
  const auto first = at.store->propose(proposal_of("first")).value();
  const auto second = at.store->propose(proposal_of("second"));
  CHECK(code_of(second) == store_errc::wrong_state);
  CHECK(second.fault().message == "version 1 is still being applied: one after the other");
  CHECK(at.store->history().value().size() == 1);
  REQUIRE(at.store->commit(first));
  CHECK(at.store->propose(proposal_of("second")));
}

SCENARIO_TEMPLATE("states only go forward, and a repeated step finds its work done", Where, in_memory, on_disk) {
  Where at;
  const auto number = at.store->propose(proposal_of("a")).value();
  CHECK(code_of(at.store->mark_stable(number)) == store_errc::wrong_state);
  REQUIRE(at.store->commit(number));
  REQUIRE(at.store->commit(number));
  REQUIRE(at.store->mark_stable(number));
  REQUIRE(at.store->mark_stable(number));
  REQUIRE(at.store->commit(number));
  CHECK(at.store->get(number).value().entry.state == version_state::stable);
  const auto undone = at.store->mark_undone(number, "late");
  CHECK(code_of(undone) == store_errc::wrong_state);
  CHECK(undone.fault().message == "version 1 is stable and cannot become undone");

  const auto next = at.store->propose(proposal_of("b")).value();
  REQUIRE(at.store->mark_undone(next, "first reason"));
  REQUIRE(at.store->mark_undone(next, "second reason"));
  CHECK(at.store->get(next).value().entry.undone_why == "first reason");
  CHECK(code_of(at.store->commit(next)) == store_errc::wrong_state);
  CHECK(code_of(at.store->mark_stable(next)) == store_errc::wrong_state);
}

SCENARIO_TEMPLATE("the oldest versions go, but none that is needed", Where, in_memory, on_disk) {
  Where at;
  GIVEN("a stable version, a running one, and failures without end behind them") {
    REQUIRE(at.store->mark_stable(add_committed(*at.store, "stable")));
    const auto running = add_committed(*at.store, "running");
    std::uint64_t last = running;
    for (int i = 0; i < 60; ++i) {
      last = at.store->propose(proposal_of("failed")).value();
      REQUIRE(at.store->mark_undone(last, "bad"));
    }
    THEN("50 are left: the stable one, the running one and the newest") {
      const auto kept = at.store->history().value();
      REQUIRE(kept.size() == versions_max);
      CHECK(kept[0].number == 1);
      CHECK(kept[1].number == running);
      CHECK(kept[2].number == last - 47);
      CHECK(kept.back().number == last);
      CHECK(at.store->get(running).value().text == "running");
      CHECK(code_of(at.store->get(3)) == store_errc::not_found);
    }
  }
  GIVEN("versions that all ran") {
    for (int i = 0; i < 60; ++i)
      add_committed(*at.store, "a");
    const auto kept = at.store->history().value();
    REQUIRE(kept.size() == versions_max);
    CHECK(kept.front().number == 11);
  }
}

SCENARIO_TEMPLATE("what is out of bounds is refused and changes nothing", Where, in_memory, on_disk) {
  Where at;
  const auto refused = [&](auto spoil) {
    auto proposal = proposal_of("a");
    spoil(proposal);
    CHECK(code_of(at.store->propose(proposal)) == store_errc::bad_proposal);
  };
  refused([](config_proposal& p) { p.who.clear(); });
  refused([](config_proposal& p) { p.who.assign(who_bytes_max + 1, 'x'); });
  refused([](config_proposal& p) { p.who = "\xff"; });
  refused([](config_proposal& p) { p.why.assign(why_bytes_max + 1, 'x'); });
  refused([](config_proposal& p) { p.why = std::string{"a\0b", 3}; });
  refused([](config_proposal& p) { p.text.clear(); });
  refused([](config_proposal& p) { p.text.assign(version_text_max + 1, 'x'); });
  refused([](config_proposal& p) { p.hash = "0123"; });
  refused([](config_proposal& p) { p.hash.back() = 'X'; });
  CHECK(at.store->history().value().empty());
  CHECK(code_of(at.store->remember_file("no hash")) == store_errc::bad_proposal);
  CHECK(!at.store->file_hash().value());

  auto largest = proposal_of(std::string(version_text_max, 'x'));
  largest.who.assign(who_bytes_max, 'x');
  largest.why.assign(why_bytes_max, 'x');
  CHECK(at.store->propose(largest).value() == 1);
}

SCENARIO_TEMPLATE("a reason that is too long is cut between characters", Where, in_memory, on_disk) {
  Where at;
  const auto number = at.store->propose(proposal_of("a")).value();
  std::string why(undone_bytes_max - 1, 'x');
  REQUIRE(at.store->mark_undone(number, "\xff" + why.substr(1) + "\xc3\xa9 and more"));
  CHECK(at.store->get(number).value().entry.undone_why == "?" + why.substr(1));
}

SCENARIO_TEMPLATE("the hash of the node's file is kept, the last one only", Where, in_memory, on_disk) {
  Where at;
  REQUIRE(at.store->remember_file(config_hash("one")));
  REQUIRE(at.store->remember_file(config_hash("two")));
  CHECK(at.store->file_hash().value() == config_hash("two"));
}

SCENARIO("a hash is SHA-256, as sha256sum writes it") {
  CHECK(config_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(config_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

SCENARIO("sources, states and faults have words") {
  CHECK(to_string(version_source::pushed) == "pushed");
  CHECK(to_string(version_source::rollback) == "rollback");
  CHECK(to_string(version_state::proposed) == "proposed");
  CHECK(to_string(version_state::undone) == "undone");
  CHECK(to_string(store_errc::bad_proposal) == "bad_proposal");
  CHECK(to_string(store_errc::system) == "system");
}

} // namespace cafnode::control
