#include "tests/actors/session/session_world.hpp"

#include "actors/session/from_config.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace cafnode::test {

using namespace std::chrono_literals;

namespace {

std::string shown(const observe::field_value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return *text;
  std::string out;
  observe::append_text(out, value);
  return out;
}

} // namespace

void notice_log::publish(session::notice happened) {
  notices.push_back(std::move(happened));
}

std::size_t notice_log::count(std::string_view kind) const {
  return static_cast<std::size_t>(
      std::count_if(notices.begin(), notices.end(), [&](const session::notice& one) { return one.kind() == kind; }));
}

std::string notice_log::latest(std::string_view kind, std::string_view field) const {
  for (auto one = notices.rbegin(); one != notices.rend(); ++one) {
    if (one->kind() != kind)
      continue;
    for (const auto& [name, value] : session::to_event(*one).fields)
      if (name == field)
        return shown(value);
  }
  return {};
}

std::size_t event_log::count(supervision::transition what, std::string_view child) const {
  return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [&](const supervision::event& one) {
    return one.what == what && one.child == child;
  }));
}

session::session_config session_world::standard() {
  session::session_config config;
  config.name = "alpha";
  config.exchange = "toy";
  config.path = "tokyo/toy/alpha";
  return config;
}

session_world::session_world(session::session_config config, std::optional<std::uint64_t> order_seed)
    : world{order_seed},
      record{std::make_shared<session::connection_record>(config.name, config.exchange, config.path)} {
  session::session_outside outside;
  outside.record = record;
  outside.notices = notices;
  outside.budget = std::make_shared<session::rate_budget>(session::rate_limits_of(conf::exchange_config{}),
                                                          world.now().steady - 1h); // full
  outside.make_link = [this](const venues::lane_spec&, net::ws_link_handler& handler) {
    auto link = std::make_unique<fake_link>(handler, verdicts);
    link_ = link.get();
    ++dials_;
    return link;
  };
  outside.make_machine = [this]() -> base::result<std::unique_ptr<venues::machine>, std::string> {
    if (!lacks.empty())
      return base::failure{lacks};
    auto machine = std::make_unique<fake_machine>();
    machine_ = machine.get();
    return std::unique_ptr<venues::machine>{std::move(machine)};
  };
  outside.settings = [this] { return settings.value_or(session::session_settings{context->config, {}, 1}); };
  context = std::make_shared<session::session_context>(std::move(config), std::move(outside), 1);
  session::connection_restarts restarts;
  restarts.pacing.backoff = {100ms, 1000ms, 0};
  auto outcome =
      supervision::start_supervisor(world.system(), &world.home(),
                                    session::connection_plan(context, context->config, world.home(), restarts, events));
  REQUIRE(std::holds_alternative<supervision::started>(outcome));
  supervisor = std::get<supervision::started>(outcome).child;
  world.run();
}

void session_world::go_live(const std::vector<venues::order_report>& open) {
  REQUIRE(link_->opened);
  link_->peer_accepts();
  world.run();
  link_->peer_sends("welcome");
  world.run();
  link_->peer_sends("subscribed");
  world.run();
  answer_reconciliation(open);
}

void session_world::answer_reconciliation(const std::vector<venues::order_report>& open) {
  REQUIRE(phase() == session::phase::reconciling);
  peer_says(venues::positions_listed{request("positions"), {}});
  peer_says(venues::orders_listed{request("open_orders"), open});
}

void session_world::peer_says(const venues::event& what) {
  machine_->script.push_back(what);
  link_->peer_sends("event");
  world.run();
}

venues::request_id session_world::request(std::string_view word) {
  for (auto one = link_->sent.rbegin(); one != link_->sent.rend(); ++one)
    if (one->starts_with(word))
      return std::stoull(one->substr(one->rfind(' ') + 1));
  return 0;
}

caf::actor session_world::process(std::string_view id) {
  for (const auto& live : world.services().live())
    if (live.label == context->config.path + "/" + std::string{id})
      return live.handle;
  return {};
}

} // namespace cafnode::test
