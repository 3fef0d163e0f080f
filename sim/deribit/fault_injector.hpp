#pragma once

#include "runtime/base/result.hpp"
#include "sim/deribit/fault_table.hpp"
#include "sim/deribit/feed_publisher.hpp"
#include "sim/deribit/front_core.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cafnode::sim {

/// Starts, carries out and ends faults.
class fault_injector {
public:
  fault_injector(front_core& core, feed_publisher& feeds) noexcept : core_{core}, feeds_{feeds} {}

  struct applied {
    std::uint64_t id = 0; // 0 for a fault that is over at once
    std::size_t hit = 0;  // open sessions that it concerns
  };

  base::result<applied, std::string> apply(const fault_spec& spec);
  bool remove(std::uint64_t id);
  std::size_t remove_all();

  /// Starts each fault of a script at its time.
  void schedule(std::vector<fault_spec> script);

  /// Ends what is over.
  void tick();

  /// A session has just opened or logged in: lasting faults that hold a connection still reach it, too.
  void settle(client& one);

private:
  std::vector<std::uint64_t> sessions_hit(const fault_target& target) const;
  void strike_once(const fault_spec& spec, client& one);
  void close_one(const fault_spec& spec, client& one);
  void garble(const fault_spec& spec, client& one);
  void storm(const fault_spec& spec, client& one);
  void began(const active_fault& fault);
  void ended(const active_fault& fault);
  void say_maintenance(bool under_way);

  front_core& core_;
  feed_publisher& feeds_;
};

} // namespace cafnode::sim
