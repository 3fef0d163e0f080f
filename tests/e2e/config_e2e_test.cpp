#include "runtime/process/tell.hpp"
#include "tests/e2e/config_world.hpp"
#include "tests/e2e/node_world.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <doctest/doctest.h>

using namespace cafnode;
using namespace std::chrono_literals;
using control::config_outcome;
using control::config_question;
using control::config_wish;
using test::config_world;
using test::node_world;

namespace {

std::int64_t number(const control::config_answer& answer, std::string_view pointer) {
  boost::json::error_code none;
  const auto parsed = boost::json::parse(answer.json, none);
  const auto* found = none ? nullptr : parsed.find_pointer(pointer, none);
  return found == nullptr ? -1 : found->to_number<std::int64_t>();
}

constexpr std::string_view one_channel = "      - name: c1\n        channels: [ticker.BTC-PERPETUAL.100ms]\n";
constexpr std::string_view two_channels =
    "      - name: c1\n        channels: [ticker.BTC-PERPETUAL.100ms, ticker.ETH-PERPETUAL.100ms]\n";

} // namespace

SCENARIO("e2e: a channel that is added to one connection touches no socket") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto opens = world.opens();
  const auto frames = world.connection("c1")->counters.frames_in.load();
  const auto wanted = world.text(one_channel, two_channels);
  const auto plan = world.plan(wanted);
  CHECK(number(plan, "/counts/change") == 1);
  CHECK(number(plan, "/counts/unchanged") == 3);
  CHECK(number(plan, "/disruption/connections") == 0);
  const auto done = world.apply(wanted);
  CHECK_MESSAGE(done.outcome == config_outcome::done, done.text);
  CHECK(number(done, "/version") == 2);
  CHECK(world.opens() == opens);
  CHECK(world.all_live(4));
  CHECK(node_world::wait([&] { return world.connection("c1")->counters.frames_in > frames + 5; }));
  CHECK(world.bed.store->running().value()->state == control::version_state::stable);
}

SCENARIO("e2e: a live key of all connections touches no socket, and holds in each") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto opens = world.opens();
  const auto done = world.apply(world.text("in_flight_max: 8", "in_flight_max: 3"));
  CHECK_MESSAGE(done.outcome == config_outcome::done, done.text);
  CHECK(number(done, "/connections/changed") == 4);
  CHECK(world.opens() == opens);
  for (const auto& record : world.bed.board->all())
    CHECK(record->counters.settings == 2);
}

SCENARIO("e2e: restart budgets and back-off change in the supervisors that run") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto opens = world.opens();
  const auto done = world.apply(world.text("first: 50ms", "first: 51ms"));
  CHECK_MESSAGE(done.outcome == config_outcome::done, done.text);
  CHECK(world.opens() == opens);
}

SCENARIO("e2e: what takes a restart restarts the connections that it concerns, and no other; their orders stay") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto done = world.apply(world.text(one_channel, std::string{one_channel} +
                                                            "        auth:\n          method: client_signature\n"
                                                            "          client_id: sim-key\n"
                                                            "          client_secret: {from: env, name: "
                                                            "CAF_TEST_SECRET}\n"));
  CHECK_MESSAGE(done.outcome == config_outcome::done, done.text);
  CHECK(number(done, "/connections/restarted") == 1);
  CHECK(number(done, "/connections/unchanged") == 3);
  CHECK(world.connection("c1")->counters.opens == 2);
  CHECK(world.connection("c2")->counters.opens == 1);
  CHECK(world.all_live(4));
}

SCENARIO("e2e: connections come and go with the list, and are forgotten when they have gone") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto more = world.apply(world.with("      - name: more\n        count: 3\n"));
  CHECK_MESSAGE(more.outcome == config_outcome::done, more.text);
  CHECK(number(more, "/connections/started") == 3);
  CHECK(world.all_live(7));
  CHECK(world.bed.tree->counts().supervisors == 9); // the root, the exchange, seven connections
  const auto fewer = world.apply(world.text());
  CHECK_MESSAGE(fewer.outcome == config_outcome::done, fewer.text);
  CHECK(number(fewer, "/connections/stopped") == 3);
  CHECK(world.bed.board->all().size() == 4);
  CHECK(world.bed.tree->counts().supervisors == 6);
  CHECK(world.opens() == 4);
}

SCENARIO("e2e: a new connection that does not come up in time takes everything back, as a version of its own") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto bad = world.with("  - name: dead\n    venue: deribit\n    url: {host: localhost, port: 1, tls: false}\n"
                              "    auth: {method: none}\n    connections:\n      - name: d1\n");
  const auto wanted = bad.find("in_flight_max: 8");
  auto changed = bad;
  changed.replace(wanted, 16, "in_flight_max: 3");
  const auto done = world.apply(changed, 400ms);
  CHECK(done.outcome == config_outcome::undone);
  CHECK(done.text.find("tokyo/dead/d1") != std::string::npos);
  CHECK(world.bed.board->all().size() == 4);
  CHECK(world.opens() == 4);
  CHECK(world.all_live(4));
  const auto history = world.bed.store->history().value();
  REQUIRE(history.size() == 3);
  CHECK(history[1].state == control::version_state::undone);
  CHECK(history[2].source == control::version_source::undo);
  CHECK(history[2].hash == history[0].hash);
  CHECK(world.bed.told("config_undone") == 1);
  AND_WHEN("it is applied without looking at its health") {
    const auto again = world.apply(changed, 0ms);
    CHECK_MESSAGE(again.outcome == config_outcome::done, again.text);
    CHECK(world.bed.board->all().size() == 5);
    CHECK(world.bed.store->running().value()->state == control::version_state::committed);
  }
}

SCENARIO("e2e: a plan that is not of now is refused: another version, another text, another node") {
  const config_world world;
  REQUIRE(world.all_live(4));
  config_wish wish;
  wish.what = config_question::apply;
  wish.text = world.text("in_flight_max: 8", "in_flight_max: 3");
  wish.index = 7;
  CHECK(world.ask(wish).outcome == config_outcome::stale);
  wish.index = 1;
  wish.hash = "abc";
  CHECK(world.ask(wish).outcome == config_outcome::stale);
  wish.hash.clear();
  wish.node = "other";
  CHECK(world.ask(wish).outcome == config_outcome::stale);
  wish.node = "test";
  CHECK(world.ask(wish).outcome == config_outcome::done);
  CHECK(world.ask(wish).outcome == config_outcome::stale); // it was of version 1
}

SCENARIO("e2e: a node goes by the name that it has, whatever name waits for its restart") {
  const config_world world;
  REQUIRE(world.all_live(4));
  REQUIRE(world.apply(world.text("name: test", "name: other")).outcome == config_outcome::done);
  config_wish wish;
  wish.what = config_question::apply;
  wish.text = world.text("name: test", "name: other") + "drain_timeout: 9s\n";
  CHECK(world.plan(wish.text).json.find(R"({"node":"test")") == 0);
  wish.node = "other";
  CHECK(world.ask(wish).outcome == config_outcome::stale);
  wish.node = "test";
  CHECK(world.ask(wish).outcome == config_outcome::done);
}

SCENARIO("e2e: who only operates the node does not say where secrets go, by apply, plan or rollback; its owner does") {
  config_world world;
  REQUIRE(world.all_live(4));
  config_wish wish;
  wish.what = config_question::apply;
  wish.text = world.text("host: localhost", "host: 127.0.0.1");
  const auto refused = world.ask(wish);
  CHECK(refused.outcome == config_outcome::not_allowed);
  CHECK(refused.text == "exchanges.deribit.url.host concerns secrets or access, and cannot be changed over TCP");
  wish.what = config_question::plan;
  CHECK(world.ask(wish).outcome == config_outcome::not_allowed);
  CHECK(world.bed.store->history().value().size() == 1);

  REQUIRE(world.apply(wish.text).outcome == config_outcome::done);
  wish.text = world.text("host: localhost", "host: 127.0.0.1\n      path: /ws/api/v2");
  CHECK(world.ask(wish).outcome == config_outcome::done); // the default, written out
  wish.what = config_question::rollback;
  wish.version = 1;
  CHECK(world.ask(wish).outcome == config_outcome::not_allowed);
  wish.by_owner = true;
  CHECK(world.ask(wish).outcome == config_outcome::done);

  world.bed.file = world.text("host: localhost", "host: 127.0.0.1");
  config_wish again;
  again.what = config_question::reread;
  CHECK(world.ask(again).outcome == config_outcome::done); // who can edit the file owns the node
}

SCENARIO("e2e: every fault of a text is told, and nothing of it happens") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto answer = world.apply(world.text("in_flight_max: 8", "in_flight_max: 0\n      valid_for: 1\n      odd: 1"));
  CHECK(answer.outcome == config_outcome::bad_text);
  CHECK(answer.text.find("3 errors") != std::string::npos);
  CHECK(world.bed.store->history().value().size() == 1);
  const auto lacks = world.apply(world.text("CAF_TEST_SECRET", "CAF_TEST_NO_SUCH"));
  CHECK(lacks.outcome == config_outcome::unavailable);
  CHECK(lacks.text.find("CAF_TEST_NO_SUCH") != std::string::npos);
}

SCENARIO("e2e: one change at a time; one that goes on is taken back when the node is asked to end") {
  const config_world world;
  REQUIRE(world.all_live(4));
  config_wish wish;
  wish.what = config_question::apply;
  wish.by_owner = true;
  wish.text = world.with("  - name: dead\n    venue: deribit\n    url: {host: localhost, port: 1, tls: false}\n"
                         "    auth: {method: none}\n    connections:\n      - name: d1\n");
  wish.limits.healthy_within = 60s;
  auto first = world.bed.begin(wish);
  CHECK(node_world::wait([&] { return world.connection("d1") != nullptr; }));
  CHECK(world.apply(world.text("in_flight_max: 8", "in_flight_max: 3")).outcome == config_outcome::busy);
  process::ask_to_stop(world.bed.process("config_keeper"));
  REQUIRE(first.wait_for(20s) == std::future_status::ready);
  const auto ended = first.get();
  CHECK_MESSAGE(ended.outcome == config_outcome::undone, ended.text);
  CHECK(world.connection("d1") == nullptr);
}

SCENARIO("e2e: rollback of a rollback") {
  const config_world world;
  REQUIRE(world.all_live(4));
  const auto opens = world.opens();
  REQUIRE(world.apply(world.text("in_flight_max: 8", "in_flight_max: 3")).outcome == config_outcome::done);
  config_wish wish;
  wish.what = config_question::rollback;
  wish.version = 1;
  CHECK(number(world.ask(wish), "/version") == 3);
  wish.version = 2;
  CHECK(number(world.ask(wish), "/version") == 4);
  wish.version = 99;
  CHECK(world.ask(wish).outcome == config_outcome::not_found);
  CHECK(world.opens() == opens);
  CHECK(world.bed.store->get(4).value().text == world.bed.store->get(2).value().text);
}

SCENARIO("e2e: a change while children wait in back-off is taken over by their next start") {
  const config_world world;
  REQUIRE(world.all_live(4));
  world.exchange.post("/faults", R"({"type":"refuse_upgrade","target":"all","for_ms":1500,"params":{"status":503}})");
  world.exchange.post("/faults", R"({"type":"close","target":"all","params":{"how":"rst"}})");
  REQUIRE(node_world::wait([&] { return world.connection("c1")->view().phase != session::phase::live; }));
  const auto done = world.apply(world.text("in_flight_max: 8", "in_flight_max: 3"), 20s);
  CHECK_MESSAGE(done.outcome == config_outcome::done, done.text);
  CHECK(world.all_live(4));
  for (const auto& record : world.bed.board->all())
    CHECK(record->counters.settings == 2);
}

SCENARIO("e2e: reading the file again takes nothing back that was pushed, unless the file was edited") {
  config_world world;
  REQUIRE(world.all_live(4));
  REQUIRE(world.apply(world.text("in_flight_max: 8", "in_flight_max: 3")).outcome == config_outcome::done);
  config_wish wish;
  wish.what = config_question::reread;
  CHECK(number(world.ask(wish), "/version") == 2);
  CHECK(world.bed.store->history().value().size() == 2);
  world.bed.file = world.text("in_flight_max: 8", "in_flight_max: 4");
  CHECK(number(world.ask(wish), "/version") == 3);
  CHECK(world.bed.store->running().value()->source == control::version_source::sighup);
}

SCENARIO("e2e: whom a connection trusts, and whether it is encrypted, is what the configuration says now") {
  const bench::simulator secret{true, {}};
  const config_world plain;
  const auto url = [&](const std::string& trust) {
    const auto port = "port: " + std::to_string(secret.port());
    auto text = plain.text("tls: false", "tls: true" + trust);
    const auto at = text.find("port: ");
    return text.replace(at, text.find('\n', at) - at, port);
  };
  bench::config_bed bed{url("")}; // the simulator's authority is not the system's
  REQUIRE(node_world::wait([&] { return bed.board->find("c1")->view().closed.cause == "tls_failed"; }));
  config_wish wish;
  wish.what = config_question::apply;
  wish.text = url("\n      ca_file: " + secret.ca_file());
  wish.by_owner = true;
  const auto done = bed.ask(wish);
  CHECK_MESSAGE(done.outcome == config_outcome::done, done.text);
  CHECK(node_world::wait([&] { return bed.live() == 4; }));
}
