#pragma once

#include "runtime/base/time.hpp"
#include "supervisors/child_record.hpp"
#include "supervisors/end_reason.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace cafnode::supervision {

enum class job_kind : std::uint8_t {
  boot,
  restart,
  start_command,
  restart_command,
  terminate_command,
  replace_command, // stop first
  renew_command,   // make before break
  change_stop,
  change_start,
  shutdown,
};

/// Children of one stop group, taken from the back.
struct stop_group_left {
  std::vector<slot_key> slots{};
  bool waits = false; // for the one that was taken last
};

/// One piece of a supervisor's work over children: first stops some, last first, then starts some, first first.
struct job {
  job_kind kind = job_kind::restart;
  std::vector<slot_key> stop{};                      // taken from the back
  bool side_by_side = false;                         // all of `stop` at once
  std::map<std::uint32_t, stop_group_left> groups{}; // neighbours that are stopped at the same time
  std::vector<slot_key> start{};
  std::size_t next_start = 0;
  std::size_t awaited = 0;               // outcomes and ends that are still to come
  std::optional<base::duration> delay{}; // between the two halves of a paced restart
  std::optional<std::uint64_t> caller{};
  slot_key subject = 0;
  end_reason why{}; // of a shutdown
};

/// The jobs under way. What a job that is over held is used again by the next one.
class job_pool {
public:
  /// A job's number is never used again.
  job_id open(job work);

  /// Null when it is over.
  [[nodiscard]] job* find(job_id id) noexcept;

  void close(job_id id);

  void close_all();

  [[nodiscard]] bool empty() const noexcept { return open_ == 0; }

  /// Those under way.
  [[nodiscard]] std::vector<job_id> ids() const;

private:
  struct place {
    job_id id = 0; // 0: free
    job work;
  };

  static constexpr std::uint64_t index_bits = 24;

  std::vector<std::unique_ptr<place>> places_;
  std::vector<std::uint32_t> free_;
  std::uint64_t last_serial_ = 0;
  std::size_t open_ = 0;
};

} // namespace cafnode::supervision
