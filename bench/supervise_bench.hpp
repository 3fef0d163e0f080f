#pragma once

#include "bench/report.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace cafnode::bench {

struct supervise_options {
  std::vector<std::string> cases{"restart", "spawn", "children", "ask"};
  std::vector<std::string> strategies{"one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"};
  std::vector<std::string> places{"home", "scheduler"}; // where the restarts run
  std::vector<std::size_t> children{1000, 10'000, 100'000, 1'000'000};
  std::size_t rounds = 20'000;
  std::size_t repeat = 5; // runs of each contestant, by turns; the best of each figure counts
  std::string otp_source = "bench/supervise_otp.erl";
  bool otp = true;  // OTP takes part, where it is found
  bool bare = true; // bare CAF takes part
};

/// A run of a few seconds that shows that everything works, without OTP. Its figures are not worth keeping.
[[nodiscard]] supervise_options quick_options();

/// Supervision beside bare CAF and, where `erl` and `erlc` are found, OTP's supervisor. Blocks for minutes. Throws
/// std::runtime_error when a contestant fails.
[[nodiscard]] report run_supervise(const supervise_options& options);

} // namespace cafnode::bench
