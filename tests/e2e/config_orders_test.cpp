#include "tests/e2e/config_world.hpp"
#include "tests/e2e/node_world.hpp"

#include <doctest/doctest.h>

#include <atomic>

// What a change of the configuration may do to orders, and to a store that cannot be written.
using namespace cafnode;
using namespace std::chrono_literals;
using control::config_outcome;
using control::config_question;
using control::config_wish;
using session::outcome;
using test::config_world;
using test::node_world;

namespace {

constexpr std::string_view newcomer = "      - name: new\n";
constexpr std::string_view dead =
    "  - name: dead\n    venue: deribit\n    url: {host: localhost, port: 1, tls: false}\n"
    "    auth: {method: none}\n    connections:\n      - name: d1\n";

std::string open_orders(const config_world& world) {
  auto text = world.exchange.get("/orders");
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

/// A store in memory whose disk can be full.
class full_store final : public control::config_store {
public:
  control::store_result<std::uint64_t> propose(const control::config_proposal& proposal) override {
    if (proposals_fail)
      return base::failure{full()};
    return kept_->propose(proposal);
  }

  control::store_result<control::stored> commit(std::uint64_t number) override {
    if (steps_fail)
      return base::failure{full()};
    return kept_->commit(number);
  }

  control::store_result<control::stored> mark_stable(std::uint64_t number) override {
    if (steps_fail || stable_fails)
      return base::failure{full()};
    return kept_->mark_stable(number);
  }

  control::store_result<control::stored> mark_undone(std::uint64_t number, std::string_view why) override {
    if (steps_fail)
      return base::failure{full()};
    return kept_->mark_undone(number, why);
  }

  control::store_result<std::vector<control::version_entry>> history() const override { return kept_->history(); }

  control::store_result<control::config_version> get(std::uint64_t number) const override { return kept_->get(number); }

  control::store_result<std::optional<control::version_entry>> running() const override { return kept_->running(); }

  control::store_result<std::optional<control::version_entry>> pending() const override { return kept_->pending(); }

  control::store_result<control::stored> remember_file(std::string_view hash) override {
    return kept_->remember_file(hash);
  }

  control::store_result<std::optional<std::string>> file_hash() const override { return kept_->file_hash(); }

  std::atomic<bool> proposals_fail{false};
  std::atomic<bool> steps_fail{false};
  std::atomic<bool> stable_fails{false};

private:
  static control::store_fault full() { return {control::store_errc::full, "no room", {}}; }

  std::unique_ptr<control::config_store> kept_ = control::make_memory_config_store();
};

} // namespace

SCENARIO("e2e: a connection that a change adds takes no order before the change is committed") {
  const config_world world;
  REQUIRE(world.all_live(4));
  GIVEN("a change that adds a connection that comes up and one that does not") {
    config_wish wish;
    wish.what = config_question::apply;
    wish.by_owner = true;
    wish.text = world.with(std::string{newcomer} + std::string{dead});
    wish.limits.healthy_within = 3s;
    auto change = world.bed.begin(wish);
    REQUIRE(node_world::wait([&] {
      const auto record = world.connection("new");
      return record && record->view().phase == session::phase::live && record->gate();
    }));
    WHEN("an order is asked of the new one") {
      const auto told = world.place("new");
      THEN("it is refused, and nothing is left at the exchange when the change is undone") {
        CHECK(told.outcome == outcome::refused);
        CHECK(told.text.find("is being changed") != std::string::npos);
        REQUIRE(change.wait_for(30s) == std::future_status::ready);
        CHECK(change.get().outcome == config_outcome::undone);
        CHECK(open_orders(world) == "[]");
      }
    }
  }
  WHEN("it is committed") {
    REQUIRE(world.apply(world.with(std::string{newcomer})).outcome == config_outcome::done);
    THEN("it takes orders") {
      CHECK(world.place("new").outcome == outcome::done);
    }
  }
}

SCENARIO("e2e: orders go on where a change was refused or undone") {
  const config_world world;
  REQUIRE(world.all_live(4));
  REQUIRE(world.place("c4").outcome == outcome::done);
  const auto without = world.text("      - name: c4\n        channels: [ticker.BTC-PERPETUAL.100ms]\n", "");
  const auto refused = world.apply(without);
  CHECK(refused.outcome == config_outcome::not_now);
  CHECK(refused.text.find("1 open order") != std::string::npos);
  CHECK(world.place("c4").outcome == outcome::done);
  auto both = world.text("valid_for: 5s", "valid_for: 4s") + std::string{dead};
  CHECK(world.apply(both, 300ms).outcome == config_outcome::undone);
  CHECK(world.place("c1").outcome == outcome::done);
  CHECK(world.place("c4").outcome == outcome::done);
}

SCENARIO("e2e: a restart that has the exchange cancel open orders has to be forced") {
  const config_world world;
  REQUIRE(world.all_live(4));
  REQUIRE(world.place("c1").outcome == outcome::done);
  const auto wanted = world.text("interval: 10s", "interval: 11s");
  const auto refused = world.apply(wanted);
  CHECK(refused.outcome == config_outcome::not_now);
  CHECK(refused.text.find("cancel_on_disconnect") != std::string::npos);
  CHECK(open_orders(world) != "[]");
  config_wish wish;
  wish.what = config_question::apply;
  wish.by_owner = true;
  wish.text = wanted;
  wish.limits.force = true;
  CHECK(world.ask(wish).outcome == config_outcome::done);
  CHECK(node_world::wait([&] { return open_orders(world) == "[]"; }));
}

SCENARIO("e2e: a connection whose orders are not known is not removed, unless it is forced") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto lost = world.with("      - name: lost\n        auth: {method: client_credentials, client_id: nobody, "
                               "client_secret: {from: env, name: CAF_TEST_SECRET}}\n");
  REQUIRE(world.apply(lost, 0ms).outcome == config_outcome::done);
  config_wish wish;
  wish.what = config_question::apply;
  wish.by_owner = true;
  wish.text = world.text();
  wish.limits.orders_max = 300ms;
  const auto refused = world.ask(wish);
  CHECK(refused.outcome == config_outcome::not_now);
  CHECK(refused.text.find("are not known") != std::string::npos);
  wish.limits.force = true;
  CHECK(world.ask(wish).outcome == config_outcome::done);
}

SCENARIO("e2e: a file that was refused is as new at the next SIGHUP") {
  config_world world;
  REQUIRE(world.all_live(4));
  REQUIRE(world.place("c4").outcome == outcome::done);
  world.bed.file = world.text("      - name: c4\n        channels: [ticker.BTC-PERPETUAL.100ms]\n", "");
  config_wish wish;
  wish.what = config_question::reread;
  CHECK(world.ask(wish).outcome == config_outcome::not_now);
  world.exchange.post("/faults", R"({"type":"close","target":"all","params":{"how":"rst"}})"); // and it is cancelled
  REQUIRE(node_world::wait([&] { return open_orders(world) == "[]" && world.connection("c4")->counters.lives == 2; }));
  REQUIRE(node_world::wait([&] { return world.connection("c4")->counters.orders_open == 0; }));
  CHECK(world.ask(wish).outcome == config_outcome::done);
  CHECK(world.connection("c4") == nullptr);
}

SCENARIO("e2e: a store that cannot be written says what it is, and is told as soon as it can be") {
  const auto store = std::make_shared<full_store>();
  const config_world world{2, store};
  REQUIRE(world.all_live(2));
  const auto wanted = world.text("in_flight_max: 8", "in_flight_max: 3");
  GIVEN("a disk that is full when a change is to be committed") {
    store->steps_fail = true;
    const auto undone = world.apply(wanted);
    CHECK(undone.outcome == config_outcome::undone);
    THEN("nothing is changed before the store knows that, and a start would run the old version") {
      const auto next = world.apply(wanted);
      CHECK(next.outcome == config_outcome::unavailable);
      CHECK(next.text.find("version 2 was undone") != std::string::npos);
      CHECK(store->running().value()->number == 1);
      AND_WHEN("there is room again") {
        store->steps_fail = false;
        CHECK(world.apply(wanted).outcome == config_outcome::done);
        CHECK(store->get(2).value().entry.state == control::version_state::undone);
        CHECK(store->running().value()->number == 4);
      }
    }
  }
  GIVEN("a disk that is full between the commit and the mark that all is well") {
    store->stable_fails = true;
    THEN("the change is there, here and for the next start") {
      CHECK(world.apply(wanted).outcome == config_outcome::done);
      CHECK(store->running().value()->number == 2);
      CHECK(world.connection("c1")->counters.settings == 2);
    }
  }
  GIVEN("a disk that is full before anything was begun") {
    store->proposals_fail = true;
    THEN("nothing happens") {
      CHECK(world.apply(wanted).outcome == config_outcome::not_now);
      CHECK(world.connection("c1")->counters.settings < 2);
    }
  }
}
