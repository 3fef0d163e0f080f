#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::bench {

/// Named figures in the order in which they are shown: {"p50_us", 16.1}.
using figures = std::vector<std::pair<std::string, double>>;

/// What is aimed at: at most so much of our own figure `name` or, with a `peer`, of the ratio `name` to it.
struct aim {
  std::string peer; // empty: our own figure
  std::string name;
  double at_most = 0;
};

/// One case of a benchmark: ours beside its peers, measured in the same run.
struct bench_case {
  std::string name;
  figures ours;
  std::vector<std::pair<std::string, figures>> peers;
  /// Figures whose ratio, ours to each peer's, is shown: {"p50_us", "p50"}. Below 1 we are faster where small is good.
  std::vector<std::pair<std::string, std::string>> ratios;
  std::vector<aim> aims{};
};

struct report {
  std::string bench;
  std::vector<bench_case> cases;
  std::vector<std::string> notes{}; // what was left out, and why
};

/// The figure called `name`; none when there is none.
[[nodiscard]] std::optional<double> find_figure(const figures& all, const std::string& name);

/// One JSON object on one line.
[[nodiscard]] std::string to_json(const report& measured);

/// A table for people.
[[nodiscard]] std::string to_table(const report& measured);

/// p50, p99, p99.9 and the largest, in microseconds. Sorts `samples_us`, which must not be empty.
[[nodiscard]] figures percentiles(std::vector<double>& samples_us);

} // namespace cafnode::bench
