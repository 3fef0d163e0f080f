#pragma once

#include "chaos/life/life_plan.hpp"
#include "chaos/world/virtual_node.hpp"
#include "conf/node_config.hpp"
#include "sim/virtual/virtual_exchange.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::chaos {

/// One life: a node and an exchange in one virtual time, what users ask for and what breaks, as its plan says. Ends at
/// rest: all faults are healed, and it was given time to find its way back. One thread; the same plan gives the same.
class life {
public:
  explicit life(const life_plan& plan);
  ~life();

  /// From the beginning to rest.
  void run();

  [[nodiscard]] virtual_node& node() noexcept { return *node_; }

  [[nodiscard]] sim::virtual_exchange& exchange() noexcept { return exchange_; }

  /// How often each kind of fault found something to hit.
  [[nodiscard]] const std::vector<std::size_t>& hits() const noexcept { return hits_; }

  /// A hash over what was logged and told; equal for equal lives.
  [[nodiscard]] std::uint64_t fingerprint() const;

  /// Virtual time since the beginning.
  [[nodiscard]] base::duration age() const { return time_.now().steady - begun_; }

private:
  void pass(base::duration span);
  void step_to(base::time_point at);
  [[nodiscard]] base::time_point next_due() const;
  void arm(std::chrono::microseconds at, std::function<void()> what);
  void ask(std::size_t index);
  template<class Question>
  void ask_gate(std::size_t index, Question question);
  [[nodiscard]] std::string label_for(const user_operation& operation) const;
  void strike(const planned_fault& fault);
  void strike_process(const planned_fault& fault, std::string_view process);
  void strike_exchange(const planned_fault& fault);
  void strike_market(const planned_fault& fault);
  void post(const std::string& path, std::string body);
  void heal();

  life_plan plan_;
  sim::agenda time_;
  sim::virtual_exchange exchange_;
  std::unique_ptr<virtual_node> node_;
  base::time_point begun_;
  base::rng chance_;                             // who is first of those that are due at once
  std::vector<std::vector<std::string>> labels_; // placed, by connection, as the node told them
  std::vector<std::size_t> hits_ = std::vector<std::size_t>(fault_kinds, 0);
};

} // namespace cafnode::chaos
