#include "tests/e2e/node_world.hpp"

#include "actors/session/depot.hpp"
#include "actors/session/io_seats.hpp"
#include "actors/session/order_table.hpp"
#include "apps/node/actions.hpp"
#include "supervisors/supervisor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <thread>

namespace cafnode::test {

using namespace std::chrono_literals;

namespace {

conf::node_config config_for(const bench::simulator& exchange, const node_world::options& wanted) {
  ::setenv("CAF_TEST_SECRET", "sim-secret", 1);
  conf::exchange_config entry;
  entry.name = "deribit";
  entry.url.host = "localhost";
  entry.url.port = exchange.port();
  entry.url.tls = wanted.tls;
  entry.url.ca_file = wanted.trust ? exchange.ca_file() : "";
  entry.connect.backoff = {50ms, 500ms, 50};
  entry.rate.matching_per_second = 1000;
  entry.rate.matching_burst = 1000;
  conf::connection_config connection;
  connection.name = "alpha";
  connection.auth.client_id.literal = "sim-key";
  connection.auth.client_secret = {conf::secret_origin::env, "CAF_TEST_SECRET"};
  connection.channels = {"ticker.BTC-PERPETUAL.100ms"};
  entry.connections.push_back(std::move(connection));
  if (wanted.change)
    wanted.change(entry);
  conf::node_config config;
  config.region = "tokyo";
  config.exchanges.push_back(std::move(entry));
  return config;
}

/// Waits for the one answer of a control action.
template<class Answer>
class waited {
public:
  control::completion<Answer> completion() {
    return [promise = promise_](base::result<Answer, control::action_failure> outcome) {
      promise->set_value(std::move(outcome));
    };
  }

  Answer get() {
    auto future = promise_->get_future();
    REQUIRE(future.wait_for(20s) == std::future_status::ready);
    auto outcome = future.get();
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : outcome.fault().text));
    return std::move(outcome).value();
  }

private:
  std::shared_ptr<std::promise<base::result<Answer, control::action_failure>>> promise_ =
      std::make_shared<std::promise<base::result<Answer, control::action_failure>>>();
};

} // namespace

void shared_notices::publish(session::notice happened) {
  const std::lock_guard guard{mutex_};
  kinds_.emplace_back(happened.kind());
}

std::size_t shared_notices::count(std::string_view kind) const {
  const std::lock_guard guard{mutex_};
  return static_cast<std::size_t>(std::count(kinds_.begin(), kinds_.end(), kind));
}

node_world::node_world(const options& wanted) : exchange{wanted.tls, wanted.settings} {
  host_ = std::make_unique<host::actor_host>();
  const auto config = config_for(exchange, wanted);
  auto wanted_tree = session::wanted_of(config);
  const auto lacks = session::depot::why_not(wanted_tree);
  REQUIRE_MESSAGE(!lacks, lacks.value_or(""));
  const auto depot = std::make_shared<session::depot>(
      session::depot_inputs{session::seats_on(host_->engine()), &host_->clock(), board_, notices, tree, 1});
  depot->want(std::move(wanted_tree), 1);
  const auto outcome = supervision::start_supervisor(host_->system(), nullptr, depot->root_plan());
  REQUIRE(std::holds_alternative<supervision::started>(outcome));
  root_ = std::get<supervision::started>(outcome).child;
  actions = node::make_actions(host_->system(), host_->services(), board_, tree);
}

node_world::~node_world() {
  actions = {};
  const auto report = host_->shutdown(std::move(root_), 10s);
  CHECK(report.clean());
}

std::shared_ptr<session::connection_record> node_world::connection(std::string_view name) const {
  return board_->find(name);
}

session::connection_view node_world::view(std::string_view name) const {
  const auto record = connection(name);
  return record ? record->view() : session::connection_view{};
}

bool node_world::wait(const std::function<bool()>& holds, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::yield();
    std::promise<void>{}.get_future().wait_for(5ms);
  }
  return true;
}

bool node_world::wait_for_live(std::string_view name, std::uint64_t times) const {
  return wait([&] {
    const auto record = connection(name);
    return record && record->counters.lives >= times && record->view().phase == session::phase::live;
  });
}

void node_world::fault(const std::string& json) const {
  CHECK(exchange.post("/faults", json).find("error") == std::string::npos);
}

session::order_outcome node_world::place(session::place_order order) const {
  waited<session::order_outcome> answer;
  actions.place_order("alpha", std::move(order), 10s, answer.completion());
  return answer.get();
}

session::order_outcome node_world::edit(session::edit_order change) const {
  waited<session::order_outcome> answer;
  actions.edit_order("alpha", std::move(change), 10s, answer.completion());
  return answer.get();
}

session::order_outcome node_world::cancel(const std::string& label) const {
  waited<session::order_outcome> answer;
  actions.cancel_order("alpha", {label}, 10s, answer.completion());
  return answer.get();
}

base::result<control::restart_done, control::action_failure>
node_world::restart(control::restart_command wanted) const {
  auto answer = std::make_shared<std::promise<base::result<control::restart_done, control::action_failure>>>();
  auto future = answer->get_future();
  actions.restart(std::move(wanted), 10s, [answer](auto outcome) { answer->set_value(std::move(outcome)); });
  REQUIRE(future.wait_for(20s) == std::future_status::ready);
  return future.get();
}

control::tree_row node_world::row(std::string_view path) const {
  return tree->find(path, base::clock::now()).value_or(control::tree_row{});
}

std::vector<session::listed_order> node_world::orders() const {
  std::vector<session::listed_order> all;
  const auto kept = board_->find("alpha")->orders()->copy();
  for (const auto& each : kept.live)
    all.push_back({each.report, each.certainty == session::certainty::in_doubt});
  for (const auto& each : kept.ended)
    all.push_back({each.report, false});
  return all;
}

session::place_order resting_buy() {
  session::place_order order;
  order.instrument = "BTC-PERPETUAL";
  order.amount = base::decimal::from_raw(10 * base::decimal::one);
  order.price = base::decimal::from_raw(1000 * base::decimal::one);
  order.post_only = true;
  return order;
}

} // namespace cafnode::test
