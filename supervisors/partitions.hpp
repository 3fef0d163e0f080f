#pragma once

#include "runtime/process/home.hpp"
#include "supervisors/supervisor.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::supervision {

/// Many instances of one template, spread by a key over supervisors of their own, so that none of them is a bottleneck
/// and a storm in one does not use up the intensity of the others:
///
///   path (one_for_one)
///   ├─ 0 (simple_one_for_one)  instances whose key falls here
///   ├─ 1 ...
///
/// As in OTP, a partition that gives up is started anew without its instances: start them again.
struct partitioned_plan {
  std::string path;
  std::size_t count = 1; // of partitions, 1 to `partitions_max`
  child_spec instance;   // the template
  supervisor_flags each; // of each partition; its strategy is taken as simple_one_for_one
  supervisor_flags own;  // of the supervisor above them; its strategy is taken as one_for_one
  std::function<process::home*(std::size_t partition)> home_of; // where one runs; none, or null: CAF's scheduler
  std::shared_ptr<event_sink> events;
  std::uint64_t seed = 0;
};

inline constexpr std::size_t partitions_max = 1024;

/// Where the instances of a key are looked after. Any thread; outlives the supervisors.
class partitions {
public:
  explicit partitions(std::size_t count);
  ~partitions();

  /// The same for a key on every machine and in every run, as long as the count is.
  [[nodiscard]] std::size_t place_of(std::string_view key) const noexcept;

  /// The supervisor of the key's partition, for start_instance and the like; null while it is being restarted, and when
  /// it has ended for good.
  [[nodiscard]] caf::actor find(std::string_view key) const;

  [[nodiscard]] caf::actor at(std::size_t place) const;

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

private:
  friend supervisor_plan plan_partitions(partitioned_plan plan, const std::shared_ptr<partitions>& table);
  struct state;

  void set(std::size_t place, const caf::actor& supervisor);

  std::size_t count_;
  std::shared_ptr<state> state_; // shared with those that watch for an end
};

/// Every fault of `plan`. Empty: start_partitions accepts it.
[[nodiscard]] std::vector<plan_fault> check_plan(const partitioned_plan& plan);

struct started_partitions {
  start_outcome outcome;             // of the supervisor above the partitions; give it to a child's factory, or keep it
  std::shared_ptr<partitions> table; // null when it failed
};

/// As start_supervisor, for a partitioned plan. The supervisor above the partitions runs at `where`.
[[nodiscard]] started_partitions start_partitions(caf::actor_system& system, process::home* where,
                                                  partitioned_plan plan);

} // namespace cafnode::supervision
