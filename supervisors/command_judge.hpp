#pragma once

#include "supervisors/announcer.hpp"
#include "supervisors/child_driver.hpp"
#include "supervisors/job_pool.hpp"
#include "supervisors/management.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cafnode::supervision {

/// Says what a command comes to whose turn it is: an answer at once, with OTP's words in each state, or the job that
/// carries it out. Adds and forgets children; starts and stops nobody.
class command_judge {
public:
  /// All of it outlives this. `instance` is the template of simple_one_for_one, or none.
  struct ground {
    const supervisor_flags& flags;
    const std::optional<child_spec>& instance;
    child_table& children;
    announcer& heard;
    child_driver& driver;
  };

  using verdict = std::variant<job, call_answer>;

  explicit command_judge(ground on) : on_{on} {}

  [[nodiscard]] verdict judge(start_child& wanted);
  [[nodiscard]] verdict judge(const restart_child& wanted);
  [[nodiscard]] verdict judge(const terminate_child& wanted);
  [[nodiscard]] verdict judge(const delete_child& wanted);
  [[nodiscard]] verdict judge(start_instance& wanted);
  [[nodiscard]] verdict judge(const terminate_instance& wanted);
  [[nodiscard]] verdict judge(const replace_child& wanted);

private:
  [[nodiscard]] bool is_simple() const noexcept;
  [[nodiscard]] verdict add(child_spec spec, bool own_start);
  [[nodiscard]] verdict stop(std::string_view id);
  [[nodiscard]] job replace_with_siblings(const child_record& child);

  ground on_;
};

} // namespace cafnode::supervision
