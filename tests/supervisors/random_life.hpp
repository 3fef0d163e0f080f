#pragma once

#include "runtime/base/rng.hpp"
#include "tests/supervisors/machine_rig.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cafnode::test {

/// One random supervisor and one random life of it; all that happens comes from the seed. What must always hold is
/// checked on the way, the rest when it has come to rest and when it has ended.
class random_life final {
public:
  explicit random_life(std::uint64_t seed);

  void live();

  /// Nothing is on its way any more: nothing that is permanent is away, and every process is somebody's.
  void check_rest();

  /// A stop ends everything and leaves nothing behind.
  void check_end();

  [[nodiscard]] std::vector<std::string> said() { return rig_->said(); }

private:
  [[nodiscard]] std::size_t pick(std::int64_t high) { return static_cast<std::size_t>(chance_.between(0, high)); }

  [[nodiscard]] bool one_in(std::int64_t of) { return chance_.chance(1, of); }

  [[nodiscard]] std::chrono::milliseconds span(std::int64_t low, std::int64_t high);
  [[nodiscard]] supervision::supervisor_flags any_flags(supervision::strategy chosen);
  [[nodiscard]] std::vector<supervision::restart_budget> any_budgets(bool paced);
  [[nodiscard]] supervision::child_spec any_child(std::string id, const supervision::supervisor_flags& given);
  void add_beyond(supervision::child_spec& spec, const supervision::supervisor_flags& given);

  [[nodiscard]] std::string any_id() { return "c" + std::to_string(pick(8)); }

  [[nodiscard]] std::optional<supervision::child_ref> any_process();
  [[nodiscard]] bool is_simple() const;
  [[nodiscard]] bool is_group() const;

  void act();
  void end_one();
  void toggle(std::set<std::string>& ids);
  void say_something_old();
  void command();
  void call(supervision::command wanted);
  void stop_one(const std::string& id);
  void change();
  [[nodiscard]] std::vector<supervision::child_spec> changed_children(const supervision::supervisor_flags& given);
  void confirm_all();
  void come_to_rest();

  [[nodiscard]] std::vector<const supervision::child_record*> all() const;
  [[nodiscard]] std::vector<std::string> plan_now() const;
  void check_always();
  void check_events();
  void check_count() const;
  void check_two_only_while_renewed() const;
  void check_reverse(std::size_t from, std::map<std::string, std::uint64_t> order) const;

  base::rng chance_;
  supervision::supervisor_flags flags_;
  std::unique_ptr<machine_rig> rig_;
  std::set<std::string> excused_; // may be stopped at rest
  std::size_t calls_ = 0;
  std::size_t seen_ = 0;
  bool all_excused_ = false;
  bool changed_ = false;
  bool gave_up_ = false;
};

} // namespace cafnode::test
