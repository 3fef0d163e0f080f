#include "tests/actors/session/toy_world.hpp"

#include "actors/session/from_config.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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

toy_world::toy_world(std::shared_ptr<session::dial_pace> dials, const venues::venue& venue) {
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
    if (number == toy::trade)
      links_ = {};
    auto link = std::make_unique<toy_link>(handler, [this, number](std::string_view text) {
      say(exchange.hear(number, text, base::to_unix_ms(world.now().wall)));
    });
    links_.at(number) = link.get();
    return link;
  };
  outside.make_machine = [make = venue.make]() -> base::result<std::unique_ptr<venues::machine>, std::string> {
    return make(toy_machine_config());
  };
  outside.make_call = [this](const venues::http_request& request, std::function<bool()> may_write,
                             std::function<void(net::http_outcome)> done) -> std::unique_ptr<net::http_ask> {
    struct held_call final : net::http_ask {
      std::shared_ptr<int> held = std::make_shared<int>();
    };

    auto call = std::make_unique<held_call>();
    calls.push_back({request, std::move(may_write), std::move(done), call->held});
    return call;
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
    if (link != nullptr)
      link->accept();
  world.run();
}

void toy_world::answer_calls() {
  while (answered_ < calls.size()) {
    auto& call = calls[answered_++];
    if (call.held.expired() || !call.may_write())
      continue;
    const auto& request = call.request;
    const auto page = exchange.serve(request.method, request.target,
                                     request.headers.empty() ? std::string{} : request.headers.front().second);
    call.done(net::http_reply_read{page.status, page.body, {}});
  }
  world.run();
}

std::size_t toy_world::open_calls() const {
  return static_cast<std::size_t>(std::count_if(calls.begin() + static_cast<std::ptrdiff_t>(answered_), calls.end(),
                                                [](const toy_call& one) { return !one.held.expired(); }));
}

void toy_world::go_live() {
  accept();
  if (open_calls() > 0) {
    answer_calls();
    accept();
  }
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
