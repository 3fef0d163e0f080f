#include "tests/e2e/config_world.hpp"

#include "tests/e2e/node_world.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>

namespace cafnode::test {

using namespace std::chrono_literals;

namespace {

std::string first_text(std::uint16_t port, std::size_t connections) {
  ::setenv("CAF_TEST_SECRET", "sim-secret", 1);
  auto out = fmt::format(R"(apiVersion: caf-node/v1
kind: Node
node:
  name: test
  region: tokyo
exchanges:
  - name: deribit
    venue: deribit
    url:
      host: localhost
      port: {}
      tls: false
    auth:
      method: client_credentials
      client_id: sim-key
      client_secret: {{from: env, name: CAF_TEST_SECRET}}
    heartbeat:
      interval: 10s
    connect:
      deadline: 5s
      backoff:
        first: 50ms
        cap: 500ms
    rate:
      matching:
        per_second: 1000
        burst: 1000
      other:
        credits: 10000000
        per_second: 10000000
    orders:
      in_flight_max: 8
    connections:
)",
                         port);
  for (std::size_t i = 1; i <= connections; ++i)
    out += fmt::format("      - name: c{}\n        channels: [ticker.BTC-PERPETUAL.100ms]\n", i);
  return out;
}

} // namespace

config_world::config_world(std::size_t connections, std::shared_ptr<control::config_store> kept)
    : text_{first_text(exchange.port(), connections)}, bed{text_, 1, std::move(kept)} {}

config_world::~config_world() {
  CHECK(bed.end());
}

std::string config_world::text(std::string_view old, std::string_view young) const {
  auto out = text_;
  for (auto at = old.empty() ? std::string::npos : out.find(old); at != std::string::npos;
       at = out.find(old, at + young.size()))
    out.replace(at, old.size(), young);
  return out;
}

control::config_answer config_world::ask(control::config_wish wish) const {
  auto future = bed.begin(std::move(wish));
  REQUIRE(future.wait_for(60s) == std::future_status::ready);
  return future.get();
}

control::config_answer config_world::apply(std::string text, std::chrono::milliseconds healthy) const {
  control::config_wish wish;
  wish.what = control::config_question::apply;
  wish.text = std::move(text);
  wish.by_owner = true;
  wish.limits.healthy_within = healthy;
  return ask(std::move(wish));
}

control::config_answer config_world::plan(std::string text) const {
  control::config_wish wish;
  wish.what = control::config_question::plan;
  wish.text = std::move(text);
  wish.by_owner = true;
  return ask(std::move(wish));
}

session::order_outcome config_world::place(std::string_view connection) const {
  auto answer = std::make_shared<std::promise<session::order_outcome>>();
  auto future = answer->get_future();
  const auto gate = bed.board->find(connection)->gate();
  REQUIRE(gate);
  bed.system().spawn([gate, answer](caf::event_based_actor* self) {
    self->request(gate, 20s, resting_buy())
        .then([answer](const session::order_outcome& outcome) { answer->set_value(outcome); },
              [answer](const caf::error&) { answer->set_value({}); });
  });
  REQUIRE(future.wait_for(30s) == std::future_status::ready);
  return future.get();
}

std::shared_ptr<session::connection_record> config_world::connection(std::string_view name) const {
  return bed.board->find(name);
}

std::uint64_t config_world::opens() const {
  std::uint64_t all = 0;
  for (const auto& record : bed.board->all())
    all += record->counters.opens;
  return all;
}

bool config_world::all_live(std::size_t count) const {
  return node_world::wait([&] { return bed.live() == count; });
}

} // namespace cafnode::test
