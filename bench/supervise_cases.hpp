#pragma once

#include "bench/report.hpp"
#include "bench/supervise_bed.hpp"
#include "supervisors/child_spec.hpp"

#include <cstddef>
#include <vector>

namespace cafnode::bench {

/// Crash to ready: `children` under one supervisor, the first of which crashes `rounds` times. Latencies are taken with
/// a new supervisor every `batch` rounds, so that what a supervisor remembers of earlier restarts stays short; the
/// restarts per second are those of `rounds` under one supervisor.
struct restart_work {
  supervision::strategy strategy = supervision::strategy::one_for_one;
  place where = place::home;
  std::size_t children = 3;
  std::size_t rounds = 20'000;
  std::size_t batch = 200;
};

/// Many children: in the plan of a one_for_one supervisor, or one by one under a simple_one_for_one.
struct children_work {
  supervision::strategy strategy = supervision::strategy::one_for_one;
  std::size_t children = 1000;
};

/// Questions to a supervisor whose children crash, one after the other for `rounds`, or all at once.
struct ask_work {
  std::size_t children = 1000;
  std::size_t rounds = 20'000;
  bool at_once = false;
};

/// Ours. Figures: p50_us, p99_us, p999_us, max_us, restarts_per_s.
[[nodiscard]] figures restart_ours(const restart_work& work);
/// One child after the other under a simple_one_for_one: from the question to the child being ready. p50_us and so on.
[[nodiscard]] figures spawn_ours(std::size_t children);
/// start_ms, stop_ms, start_ns, stop_ns, bytes, resident_bytes; the last four for each child, see start_stop_figures.
[[nodiscard]] figures children_ours(const children_work& work);
/// From the question for a page of children to the answer: p50_us and so on, asks.
[[nodiscard]] figures ask_ours(const ask_work& work);

/// The same with actors of CAF that are watched, stopped and made anew by hand; nobody can be asked there.
[[nodiscard]] figures restart_bare(const restart_work& work);
[[nodiscard]] figures spawn_bare(std::size_t children);
[[nodiscard]] figures children_bare(const children_work& work);

/// What restart_ours and restart_bare have in common: `run` lives through one supervisor's crash_loop.
[[nodiscard]] figures restart_figures(const restart_work& work, const std::function<void(crash_loop&)>& run);

} // namespace cafnode::bench
