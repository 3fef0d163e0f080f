#pragma once

#include "runtime/base/time.hpp"
#include "supervisors/end_reason.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cafnode::supervision {

/// What one failure led to, once all is back: for the person who reads it at night.
struct restart_record {
  std::string child;             // whose end began it
  std::uint32_t incarnation = 0; // of the one that failed
  end_reason why;
  base::moment failed_at;
  std::vector<std::string> restarted; // ids in start order, at most `restarted_max` of them
  std::size_t restarted_count = 0;    // all of them
  std::uint32_t attempts = 1;         // restarts it took
  std::uint32_t joined = 0;           // failures of siblings that met it while it was away
  std::chrono::milliseconds away{0};  // from the failure until all were up again

  static constexpr std::size_t restarted_max = 16;
};

/// "b failed: crashed: a bad frame; restarted b, c and 12 more; back after 1250 ms, 3 attempts".
[[nodiscard]] std::string to_text(const restart_record& record);

} // namespace cafnode::supervision
