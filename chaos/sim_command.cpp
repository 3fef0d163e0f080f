#include "chaos/sim_command.hpp"

#include "chaos/judge/known_violations.hpp"
#include "chaos/judge/verdict.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <string>

namespace cafnode::chaos {

namespace {

/// What all lives of one run came to.
struct sums {
  std::map<std::string, std::size_t> rules;
  std::vector<std::size_t> hits = std::vector<std::size_t>(fault_kinds, 0);
  std::size_t orders = 0;
  std::size_t fills = 0;
  std::size_t unknown = 0;
};

void tell_violation(const life_plan& plan, const violation& one) {
  fmt::print("seed {}: {} {}{}\n  {}", plan.seed, one.rule, one.label, is_known(one.rule) ? " (known)" : "", one.story);
}

void take(sums& all, const life_plan& plan, const verdict& out, bool tells) {
  all.orders += out.orders;
  all.fills += out.fills;
  for (std::size_t kind = 0; kind < fault_kinds; ++kind)
    all.hits[kind] += out.hits[kind];
  for (const auto& one : out.violations) {
    const bool known = is_known(one.rule);
    const bool is_first = all.rules[one.rule]++ == 0;
    all.unknown += known ? 0 : 1;
    if (tells || (!known && is_first))
      tell_violation(plan, one);
  }
}

void print(const sums& all, std::uint64_t lives) {
  fmt::print("{} lives, {} orders, {} fills; faults that struck:", lives, all.orders, all.fills);
  for (std::size_t kind = 0; kind < fault_kinds; ++kind)
    fmt::print(" {} {}", to_string(static_cast<fault_kind>(kind)), all.hits[kind]);
  fmt::print("\n");
  for (const auto& [rule, count] : all.rules)
    fmt::print("  {:<20} {:>8}{}\n", rule, count, is_known(rule) ? "  known" : "");
  fmt::print("{}\n", all.unknown == 0 ? "nothing but what is known" : "more than is known");
}

} // namespace

int run_sim(const sim_options& options) {
  sums all;
  for (auto seed = options.first; seed < options.first + options.seeds; ++seed) {
    const auto plan = plan_of(seed, options.size);
    if (options.tells)
      fmt::print("{}", to_text(plan));
    const auto out = live(plan);
    if (options.tells)
      fmt::print("seed {}: fingerprint {:016x}\n", seed, out.fingerprint);
    take(all, plan, out, options.tells);
  }
  print(all, options.seeds);
  return all.unknown == 0 ? 0 : 1;
}

} // namespace cafnode::chaos
