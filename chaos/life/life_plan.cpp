#include "chaos/life/life_plan.hpp"

#include "chaos/life/chance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cafnode::chaos {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, fault_kinds> kind_names{
    "cut",          "hold",          "kill_client", "kill_manager", "kill_gate", "stop_node", "exchange_fault",
    "refuse_dials", "swallow_dials", "others_fill", "others_cancel"};

constexpr auto settling = 2s; // of a node, before users come

/// A fault of the exchange, and whether it lasts.
struct exchange_kind {
  std::string_view type;
  std::string_view params;
  bool lasts = true;
};

constexpr std::array exchange_kinds{
    exchange_kind{"close", R"({"how":"code","code":1001})", false},
    exchange_kind{"close", R"({"how":"rst"})", false},
    exchange_kind{"garble", R"({"shape":"half_frame"})", false},
    exchange_kind{"garble", R"({"shape":"not_json"})", false},
    exchange_kind{"garble", R"({"shape":"reply_to_nobody"})", false},
    exchange_kind{"test_request_storm", R"({"count":5})", false},
    exchange_kind{"expire_tokens", "{}", false},
    exchange_kind{"mute", "{}"},
    exchange_kind{"freeze", "{}"},
    exchange_kind{"delay", R"({"ms":300})"},
    exchange_kind{"drop_acks", "{}"},
    exchange_kind{"duplicate_replies", "{}"},
    exchange_kind{"delay_events", R"({"ms":700})"},
    exchange_kind{"duplicate_events", "{}"},
    exchange_kind{"lose_events", "{}"},
    exchange_kind{"reorder_events", R"({"ms":200})"},
    exchange_kind{"refuse_auth", "{}"},
    exchange_kind{"late_cod", R"({"ms":3000})"},
    exchange_kind{"query_lag", R"({"ms":1000})"},
    exchange_kind{"maintenance", "{}"},
    exchange_kind{"settlement", "{}"},
    exchange_kind{"reject_next", "{}"},
    exchange_kind{"ignore_test", "{}"},
    exchange_kind{"execute_late", R"({"ms":1500})"},
    exchange_kind{"gap", "{}"},
};

std::chrono::microseconds some_time(base::rng& chance, std::chrono::milliseconds from, std::chrono::milliseconds to) {
  return std::chrono::microseconds{
      chance.between(std::chrono::microseconds{from}.count(), std::chrono::microseconds{to}.count())};
}

user_operation draw_operation(base::rng chance, const life_size& size, const std::vector<std::int64_t>& weights) {
  user_operation drawn;
  drawn.at = some_time(chance, settling, size.span);
  drawn.connection = static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(size.connections) - 1));
  const auto pick = chance.between(1, weights[0] + weights[1] + weights[2]);
  drawn.act = pick <= weights[0]                ? user_act::place
              : pick <= weights[0] + weights[1] ? user_act::edit
                                                : user_act::cancel;
  drawn.aims_at = static_cast<std::size_t>(chance.chance(2, 3) ? 0 : chance.between(0, 9));
  drawn.buys = chance.chance(1, 2);
  drawn.ticks_away = chance.chance(1, 5) ? -20 : chance.between(1, 4000);
  drawn.amount = base::decimal::from_raw(chance.between(1, 20) * 10 * 100'000'000);
  drawn.post_only = chance.chance(1, 4);
  drawn.reduce_only = chance.chance(1, 12);
  drawn.immediate = chance.chance(1, 10);
  return drawn;
}

planned_fault draw_fault(base::rng chance, const life_size& size, const std::vector<fault_kind>& usual) {
  planned_fault drawn;
  drawn.at = some_time(chance, settling / 2, size.span - size.span / 10);
  drawn.kind = usual[static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(usual.size()) - 1))];
  drawn.connection = static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(size.connections) - 1));
  drawn.lasts = std::chrono::milliseconds{1LL << chance.between(6, 11)}; // 64 ms to 2 s, short ones as often as long
  if (drawn.kind == fault_kind::exchange_fault) {
    const auto& one = exchange_kinds[static_cast<std::size_t>(chance.between(0, exchange_kinds.size() - 1))];
    drawn.type = one.type;
    drawn.params = one.params;
    if (!one.lasts)
      drawn.lasts = 0ms;
  }
  return drawn;
}

/// Faults come in pairs close together: what goes wrong while something else is being mended is what nobody thought of.
void bring_together(std::vector<planned_fault>& faults, base::rng chance) {
  for (std::size_t i = 1; i < faults.size(); i += 2)
    if (chance.chance(2, 3)) {
      faults[i].at = faults[i - 1].at + some_time(chance, 0ms, 400ms);
      if (chance.chance(1, 2))
        faults[i].connection = faults[i - 1].connection;
    }
}

std::vector<fault_kind> draw_usual(base::rng chance) {
  std::vector<fault_kind> usual;
  for (std::size_t i = 0; i < fault_kinds; ++i)
    if (chance.chance(1, 2))
      usual.push_back(static_cast<fault_kind>(i));
  usual.push_back(fault_kind::exchange_fault);
  return usual;
}

} // namespace

std::string_view to_string(fault_kind kind) noexcept {
  return kind_names[static_cast<std::size_t>(kind)];
}

life_plan plan_of(std::uint64_t seed, const life_size& size) {
  life_plan plan;
  plan.seed = seed;
  plan.size = size;
  auto whole = stream(seed, "life");
  plan.exchange_seed = whole.next();
  plan.node_seed = whole.next();
  plan.order_seed = whole.next();
  plan.travel_least = std::chrono::microseconds{whole.between(50, 500)};
  plan.travel_most = plan.travel_least + std::chrono::microseconds{whole.between(0, 20'000)};
  plan.exchange_settings =
      fmt::format(R"({{"step_ms":50,"cod_delay_max_ms":{},"shuffle_ms":{},"matching_latency_ms":{}}})",
                  whole.between(0, 400), whole.between(0, 20), whole.between(0, 5));
  auto topology = stream(seed, "topology");
  const auto accounts = topology.between(1, 3);
  for (std::size_t i = 0; i < size.connections; ++i)
    plan.accounts.push_back(static_cast<std::size_t>(topology.between(0, accounts - 1)));
  // Which kinds there are is drawn for each life: some hide others.
  auto kinds = stream(seed, "kinds");
  const std::vector weights{kinds.between(2, 6), kinds.between(0, 3), kinds.between(0, 4)};
  for (std::size_t i = 0; i < size.operations; ++i)
    plan.operations.push_back(draw_operation(stream(seed, "operation", i), size, weights));
  const auto usual = draw_usual(stream(seed, "faults"));
  for (std::size_t i = 0; i < size.faults; ++i)
    plan.faults.push_back(draw_fault(stream(seed, "fault", i), size, usual));
  bring_together(plan.faults, stream(seed, "pairs"));
  std::stable_sort(plan.operations.begin(), plan.operations.end(), [](auto& a, auto& b) { return a.at < b.at; });
  std::stable_sort(plan.faults.begin(), plan.faults.end(), [](auto& a, auto& b) { return a.at < b.at; });
  return plan;
}

std::string to_text(const life_plan& plan) {
  auto text =
      fmt::format("seed {}: {} connections, {} operations, {} faults, {} ms; travel {} to {} us; {}\n", plan.seed,
                  plan.size.connections, plan.operations.size(), plan.faults.size(), plan.size.span.count(),
                  plan.travel_least.count(), plan.travel_most.count(), plan.exchange_settings);
  for (const auto& fault : plan.faults)
    text += fmt::format("  {:>9} us  {} c{} {} {} {} ms\n", fault.at.count(), to_string(fault.kind), fault.connection,
                        fault.type, fault.params, fault.lasts.count());
  return text;
}

} // namespace cafnode::chaos
