#pragma once

#include "supervisors/change_plan.hpp"
#include "supervisors/child_ref.hpp"
#include "supervisors/child_spec.hpp"
#include "supervisors/child_table.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cafnode::supervision {

/// Commands to a supervisor. Each is answered by a `management_report` once it is done; while the supervisor works on
/// the same child (one_for_one, simple_one_for_one) or on any child (the group strategies) they wait for that.

/// Adds a child at the end of the start order and starts it.
struct start_child {
  child_spec spec;
};

/// Starts a child that is stopped.
struct restart_child {
  std::string id;
};

/// Stops a child and keeps its spec, unless it is temporary; cancels a restart that waits.
struct terminate_child {
  std::string id;
};

/// Forgets a child that is stopped.
struct delete_child {
  std::string id;
};

/// Starts one instance of the template of a simple_one_for_one supervisor under an id of its own.
struct start_instance {
  std::string id;
  child_factory start; // with the instance's arguments bound; empty: the template's own factory
};

/// Stops one instance and forgets it.
struct terminate_instance {
  std::string id;
};

/// Replaces a child that runs by a new incarnation, as planned: it costs nothing of the intensity and waits for no
/// back-off. Those that share its fate by the strategy are restarted with it. One that is stopped is started. Answered
/// when all are up; a start that fails goes on as after any failed restart (stop first), or leaves the old one running
/// (make before break).
struct replace_child {
  std::string id;
  std::optional<replacement> how; // none: as its spec says
};

/// Changes the supervisor's flags and children to these: a plan is made, and unless it is only to be shown, carried out
/// step by step while nothing else is done; if a child fails to start, all is undone. A supervisor keeps being
/// simple_one_for_one or not; its one template may change, and its instances with it, in place.
struct change_specs {
  supervisor_flags flags;
  std::vector<child_spec> children;
  bool only_show = false;
};

using command = std::variant<start_child, restart_child, terminate_child, delete_child, start_instance,
                             terminate_instance, replace_child, change_specs>;

/// What became of a command.
enum class answer_code : std::uint8_t {
  ok,
  started,    // `child` runs
  ignored,    // its factory had nothing to run
  running,    // it runs, so it is neither restarted nor deleted
  restarting, // a restart is on its way
  not_found,
  already_started,
  already_present, // the id is known, and nothing runs under it
  start_failed,
  wrong_strategy, // instances are for simple_one_for_one, all else is for the others
  invalid_spec,
  too_many_children,
  too_many_calls, // `calls_max` commands wait already
  stopping,       // the supervisor is on its way down
  undone,         // a child failed to start during a hot change: all is as it was
};

[[nodiscard]] std::string_view to_string(answer_code code) noexcept;

/// Most commands that wait for their turn at one supervisor.
inline constexpr std::size_t calls_max = 256;

/// The answer of the deciding part: `who` names the child for `started`.
struct call_answer {
  answer_code code = answer_code::ok;
  child_ref who;
  std::string text;
  std::shared_ptr<const change_plan> plan{}; // for change_specs
};

/// The answer to a command as the caller gets it.
struct management_report {
  answer_code code = answer_code::ok;
  caf::actor child;                        // for `started` and `already_started`
  std::string text;                        // for start_failed, invalid_spec and undone
  std::shared_ptr<const change_plan> plan; // for change_specs: what would be done, or was
};

/// Asks for one page of the children, in start order; answered by a `children_page`, at once and at any time.
struct which_children {
  std::uint64_t after = 0; // `next` of the page before; 0: from the first
  std::size_t limit = page_max;

  static constexpr std::size_t page_max = 1000; // more is cut to this
};

struct child_line {
  std::string id;
  child_state state = child_state::stopped;
  child_type type = child_type::worker;
  std::uint32_t incarnation = 0;
  std::uint64_t restarts = 0;
};

struct children_page {
  std::vector<child_line> lines;
  std::uint64_t next = 0; // 0: this was the last page
};

/// Asks for one child; answered by a `management_report`, at once and at any time: `running` with its handle,
/// `restarting`, `ok` when it is known and nothing runs under its id, or `not_found`.
struct find_child {
  std::string id;
};

/// Asks for the figures; answered by a `children_count`, at once and at any time.
struct count_children {};

/// Asks for the spec of one child with all defaults filled in; answered by a `spec_report`, at once and at any time.
struct get_childspec {
  std::string id;
};

struct spec_report {
  std::optional<child_spec> spec; // none: not found
};

/// A supervisor asks a child that says itself that it is ready to do so when it is.
struct await_start {
  child_ref who;
};

/// The answer to `await_start`: it is ready.
struct child_up {
  child_ref who;
};

} // namespace cafnode::supervision

// They hold factories and never leave the node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::start_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::restart_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::terminate_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::delete_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::start_instance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::terminate_instance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::replace_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::change_specs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::get_childspec)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::spec_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::management_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::which_children)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::children_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::find_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::count_children)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::children_count)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::await_start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::supervision::child_up)
