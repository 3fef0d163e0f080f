#include "chaos/life/life.hpp"

#include "chaos/life/node_text.hpp"
#include "runtime/process/ask.hpp"
#include "runtime/process/tell.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::chaos {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 5s; // of a user, for an answer
constexpr auto quiet = 40s;   // at the end: longer than what may be in doubt for so long
constexpr base::moment beginning{base::time_point{1h}, base::wall_time{std::chrono::days{20'000}}};

sim::virtual_options exchange_options_of(const life_plan& plan) {
  sim::virtual_options options;
  options.start = beginning;
  options.front.seed = plan.exchange_seed;
  options.travel = {plan.travel_least, plan.travel_most};
  if (auto rules = sim::read_settings(boost::json::parse(plan.exchange_settings).as_object()))
    options.front.rules = rules.value();
  return options;
}

base::decimal price_of(const user_operation& operation) {
  const auto away = (operation.buys ? -operation.ticks_away : operation.ticks_away);
  return base::decimal::from_raw((60'000 * 2 + away) * (base::decimal::one / 2)); // ticks of 0.5
}

std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  for (const char letter : text)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  return hash;
}

} // namespace

life::life(const life_plan& plan)
    : plan_{plan},
      time_{beginning},
      exchange_{exchange_options_of(plan)},
      begun_{beginning.steady},
      chance_{plan.order_seed},
      labels_(plan.accounts.size()) {
  node_ = std::make_unique<virtual_node>(node_config_of(plan_), virtual_node::seeds{plan.node_seed, plan.order_seed},
                                         exchange_, time_);
}

life::~life() = default;

void life::run() {
  for (std::size_t i = 0; i < plan_.operations.size(); ++i)
    arm(plan_.operations[i].at, [this, i] { ask(i); });
  for (const auto& fault : plan_.faults)
    arm(fault.at, [this, &fault] { strike(fault); });
  pass(plan_.size.span);
  heal();
  pass(quiet);
}

// -- time -------------------------------------------------------------------------------------------------------------

void life::arm(std::chrono::microseconds at, std::function<void()> what) {
  time_.at(begun_ + at, std::move(what));
}

base::time_point life::next_due() const {
  auto due = std::min(exchange_.next_due(), time_.next_due());
  if (const auto wait = node_->world().home().next_due())
    due = std::min(due, node_->world().now().steady + *wait);
  return due;
}

void life::pass(base::duration span) {
  const auto end = time_.now().steady + span;
  for (auto due = next_due(); due <= end; due = next_due())
    step_to(std::max(due, time_.now().steady));
  step_to(end);
}

/// What is due at once happens in an order that is drawn.
void life::step_to(base::time_point at) {
  auto& world = node_->world();
  const bool exchange_first = chance_.chance(1, 2);
  if (exchange_first)
    exchange_.turn_to(at);
  time_.turn_to(at);
  time_.run_due();
  if (world.now().steady <= at) // otherwise the node stands still until then
    world.pass(at - world.now().steady);
  if (!exchange_first)
    exchange_.turn_to(at);
}

// -- users ------------------------------------------------------------------------------------------------------------

std::string life::label_for(const user_operation& operation) const {
  const auto& placed = labels_[operation.connection];
  return placed.empty() ? std::string{} : placed[placed.size() - 1 - operation.aims_at % placed.size()];
}

void life::ask(std::size_t index) {
  const auto& operation = plan_.operations[index];
  if (operation.act == user_act::place) {
    session::place_order asked;
    asked.instrument = "BTC-PERPETUAL";
    asked.side = operation.buys ? venues::side::buy : venues::side::sell;
    asked.amount = operation.amount;
    asked.price = price_of(operation);
    asked.tif =
        operation.immediate ? venues::time_in_force::immediate_or_cancel : venues::time_in_force::good_til_cancelled;
    asked.post_only = operation.post_only && !operation.immediate;
    asked.reduce_only = operation.reduce_only;
    return ask_gate(index, std::move(asked));
  }
  const auto label = label_for(operation);
  if (label.empty())
    return;
  if (operation.act == user_act::edit)
    return ask_gate(index, session::edit_order{label, operation.amount, price_of(operation)});
  ask_gate(index, session::cancel_order{label});
}

template<class Question>
void life::ask_gate(std::size_t index, Question question) {
  const auto connection = plan_.operations[index].connection;
  const auto gate = node_->board().find(connection_name(connection))->gate();
  if (!gate)
    return;
  node_->world().spawn_function("user", [this, gate, question, index, connection](process::process_base& self) {
    process::ask(
        self, gate, patience, question,
        [this, &self, index, connection](const session::order_outcome& outcome) {
          if (plan_.operations[index].act == user_act::place && outcome.outcome != session::outcome::refused)
            labels_[connection].push_back(outcome.order.label);
          node_->told().answers.push_back({self.now().steady, index, true, outcome});
          self.quit();
        },
        [this, &self, index](const caf::error&) {
          node_->told().answers.push_back({self.now().steady, index, false, {}});
          self.quit();
        });
    return caf::behavior{[](caf::unit_t) {}};
  });
}

// -- what breaks ------------------------------------------------------------------------------------------------------

void life::post(const std::string& path, std::string body) {
  sim::http_call call;
  call.method = "POST";
  call.aim_at(path);
  call.headers = {{"host", "localhost"}};
  call.body = std::move(body);
  static_cast<void>(exchange_.control(call));
}

void life::strike(const planned_fault& fault) {
  const auto name = connection_name(fault.connection);
  switch (fault.kind) {
  case fault_kind::cut:
  case fault_kind::hold:
    if (auto* link = node_->link_of(name); link != nullptr && link->is_open()) {
      ++hits_[static_cast<std::size_t>(fault.kind)];
      if (fault.kind == fault_kind::cut)
        return link->cut();
      link->hold(true);
      time_.at(time_.now().steady + fault.lasts, [handle = link->handle()] {
        if (const auto held = handle.lock())
          (*held)->hold(false);
      });
    }
    return;
  case fault_kind::kill_client:
    return strike_process(fault, "exchange_client");
  case fault_kind::kill_manager:
    return strike_process(fault, "heartbeat_manager");
  case fault_kind::kill_gate:
    return strike_process(fault, "order_gate");
  case fault_kind::stop_node:
    ++hits_[static_cast<std::size_t>(fault.kind)];
    return node_->world().stop_for(fault.lasts);
  case fault_kind::exchange_fault:
    return strike_exchange(fault);
  case fault_kind::refuse_dials:
    ++hits_[static_cast<std::size_t>(fault.kind)];
    node_->weather().refuses = true;
    return time_.at(time_.now().steady + fault.lasts, [this] { node_->weather().refuses = false; });
  case fault_kind::swallow_dials:
    ++hits_[static_cast<std::size_t>(fault.kind)];
    node_->weather().hangs = true;
    return time_.at(time_.now().steady + fault.lasts, [this] { node_->weather().hangs = false; });
  case fault_kind::others_fill:
  case fault_kind::others_cancel:
    return strike_market(fault);
  }
}

void life::strike_process(const planned_fault& fault, std::string_view process) {
  const auto victim = node_->process_of(connection_name(fault.connection), process);
  if (!victim)
    return;
  ++hits_[static_cast<std::size_t>(fault.kind)];
  process::kill(victim);
}

void life::strike_exchange(const planned_fault& fault) {
  ++hits_[static_cast<std::size_t>(fault.kind)];
  const auto target = fault.type == "maintenance" ? std::string{"all"} : account_name(plan_.accounts[fault.connection]);
  auto body = fmt::format(R"({{"type":"{}","target":"{}","params":{})", fault.type, target, fault.params);
  if (fault.lasts > 0ms)
    body += fmt::format(R"(,"for_ms":{})", fault.lasts.count());
  post("/faults", body + "}");
}

void life::strike_market(const planned_fault& fault) {
  const auto account = account_name(plan_.accounts[fault.connection]);
  sim::http_call call;
  call.method = "GET";
  call.aim_at("/orders?account=" + account);
  call.headers = {{"host", "localhost"}};
  const auto answer = exchange_.control(call).body.as_array();
  if (answer.empty())
    return;
  ++hits_[static_cast<std::size_t>(fault.kind)];
  const auto& order = answer[plan_.seed % answer.size()].as_object();
  const std::string id{order.at("order_id").as_string().c_str()};
  if (fault.kind == fault_kind::others_fill)
    return post("/market", fmt::format(R"({{"action":"fill","order_id":"{}","amount":10}})", id));
  post("/market", fmt::format(R"({{"action":"cancel","order_id":"{}","reason":"by others"}})", id));
}

void life::heal() {
  node_->weather() = {};
  for (std::size_t i = 0; i < plan_.accounts.size(); ++i)
    if (auto* link = node_->link_of(connection_name(i)))
      link->hold(false);
  sim::http_call call;
  call.method = "DELETE";
  call.aim_at("/faults");
  call.headers = {{"host", "localhost"}};
  static_cast<void>(exchange_.control(call));
}

std::uint64_t life::fingerprint() const {
  auto hash = mixed(0xcbf29ce484222325ULL, exchange_.audit());
  for (const auto& notice : node_->told().notices)
    hash = mixed(hash, observe::to_json(session::to_event(notice)));
  for (const auto& answer : node_->told().answers)
    hash = mixed(hash, fmt::format("{} {} {}", answer.operation, static_cast<int>(answer.outcome.outcome),
                                   answer.outcome.order.label));
  return hash;
}

} // namespace cafnode::chaos
