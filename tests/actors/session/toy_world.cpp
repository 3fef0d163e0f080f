#include "tests/actors/session/toy_world.hpp"

#include "actors/session/from_config.hpp"

#include <doctest/doctest.h>

namespace cafnode::test {

using namespace std::chrono_literals;

session::session_config toy_session() {
  const auto& venue = toy::description();
  session::session_config config;
  config.name = "alpha-1";
  config.exchange = std::string{venue.name};
  config.path = "tokyo/toy/alpha-1";
  config.heartbeat.peer_asks = venue.keep_alive == venues::keep_alive::answers;
  config.labels = venue.labels;
  config.query_credits = venue.query_credits;
  return config;
}

venues::machine_config toy_machine_config() {
  venues::machine_config config;
  config.client_id = "key";
  config.channels = {"ticks"};
  return config;
}

toy_world::toy_world(std::shared_ptr<session::dial_pace> dials) {
  auto config = toy_session();
  record = std::make_shared<session::connection_record>(config.name, config.exchange, config.path);
  session::session_outside outside;
  outside.record = record;
  outside.notices = notices;
  auto limits = session::rate_limits_of(conf::exchange_config{});
  limits.matching = {1000, 1000};
  outside.budget = std::make_shared<session::rate_budget>(limits, world.now().steady - 1h); // full
  outside.market = market;
  outside.dials = std::move(dials);
  outside.make_link = [this](const venues::lane_spec& lane, net::ws_link_handler& handler) {
    const auto number = lane.name == "news" ? toy::news : toy::trade;
    dialed.push_back(lane.path);
    auto link = std::make_unique<toy_link>(handler, [this, number](std::string_view text) {
      say(exchange.hear(number, text, base::to_unix_ms(world.now().wall)));
    });
    links_.at(number) = link.get();
    return link;
  };
  outside.make_machine = []() -> base::result<std::unique_ptr<venues::machine>, std::string> {
    return toy::description().make(toy_machine_config());
  };
  context = std::make_shared<session::session_context>(std::move(config), std::move(outside), 1'790'000'000'000);
  session::connection_restarts restarts;
  restarts.pacing.backoff = {100ms, 1000ms, 0};
  auto outcome = supervision::start_supervisor(
      world.system(), &world.home(),
      session::connection_plan(context, context->config, world.home(), restarts, std::make_shared<event_log>()));
  REQUIRE(std::holds_alternative<supervision::started>(outcome));
  supervisor = std::get<supervision::started>(outcome).child;
  world.run();
}

void toy_world::accept() {
  for (auto* link : links_)
    link->accept();
  world.run();
}

void toy_world::go_live() {
  accept();
  REQUIRE(phase() == session::phase::live);
}

void toy_world::say(const std::vector<toy::frame>& frames) {
  for (const auto& one : frames)
    links_.at(one.on)->deliver(one.text);
}

caf::actor toy_world::gate() {
  for (const auto& live : world.services().live())
    if (live.label == context->config.path + "/order_gate")
      return live.handle;
  return {};
}

} // namespace cafnode::test
