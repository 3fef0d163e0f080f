#pragma once

#include "chaos/life/life_plan.hpp"

#include <cstdint>

namespace cafnode::chaos {

struct sim_options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 100;
  life_size size;
  bool tells = false;
};

/// Lives all of them, prints what is held against each and the sum. 0: nothing but what is known; 1: something else.
[[nodiscard]] int run_sim(const sim_options& options);

} // namespace cafnode::chaos
