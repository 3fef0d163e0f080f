#pragma once

#include "runtime/net/http_client.hpp"

#include <string>

namespace cafnode::ctl {

/// How cafctl ends. Scripts rely on these: append, never renumber.
enum class exit_code : int {
  ok = 0,
  failed = 1,      // the node refused or failed, or is degraded (status)
  usage = 2,       // the command line makes no sense
  unreachable = 3, // no node there
  not_allowed = 4,
  not_found = 5,   // the node knows no such thing
  conflict = 6,    // it is not in a state to do this
  timed_out = 7,   // no answer in time: it may still have happened
  bad_config = 78, // a file is no valid configuration; caf-node ends with the same
  interrupted = 130,
};

/// Why a command did not work.
struct ctl_fault {
  exit_code code = exit_code::failed;
  std::string word; // stable, for programs: "not_found"
  std::string message;
  std::string hint;
  std::string details{}; // JSON: the faults of a configuration; may be empty
};

/// What an HTTP answer that is not a success means; `body` may be anything.
[[nodiscard]] ctl_fault fault_of_answer(int status, std::string_view body);
[[nodiscard]] ctl_fault fault_of_failure(const net::http_failure& failed, const std::string& address);

/// For standard error: one JSON object, or lines for a person; those of a configuration as `config validate` has them.
[[nodiscard]] std::string fault_text(const ctl_fault& fault, bool as_json);

} // namespace cafnode::ctl
