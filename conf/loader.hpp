#pragma once

#include "conf/fault.hpp"
#include "conf/node_config.hpp"
#include "conf/schema.hpp"
#include "runtime/base/result.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cafnode::conf {

/// A configuration as it was read, with all that is wrong with it.
struct loaded {
  node_config config;
  std::map<std::string, origin> origins; // by path, "exchanges.deribit.url.host"; absent is the default
  std::vector<fault> faults;             // errors and warnings, in the order of the file

  /// Whether `config` may be used: there are no errors. Otherwise it holds what could be read.
  [[nodiscard]] bool usable() const noexcept { return !has_errors(faults); }
};

/// Reads a file. Whatever is wrong, from a missing file to a value out of range, is in `faults`, all of it at once.
[[nodiscard]] loaded load_file(const std::string& path);

/// The text of a plain file, a byte more than a configuration may have at most. What is no plain file (a pipe, a
/// folder) is a fault at once, and nothing is waited for.
[[nodiscard]] base::result<std::string, fault> read_text_file(const std::string& path);

/// The same from text; `name` stands in the faults as the file.
[[nodiscard]] loaded load_text(std::string name, std::string text);

/// What a node runs on without a file.
[[nodiscard]] loaded load_built_in();

/// One value of the node's own scope from outside the file, such as node.region by `--region`.
struct override_value {
  std::string path; // a key of scope::node
  std::string text; // as it would stand in the file
  origin from = origin::flag;
  std::string label; // what the user wrote it as: "--region", "CAF_NODE_REGION"
};

/// Puts the values over `into.config`, in their order; faults are added, with the label as their file.
void apply_overrides(loaded& into, const std::vector<override_value>& values);

/// A value of a file that is not in force, for the environment or a flag sets another.
struct overridden_value {
  std::string path;
  std::string in_file; // as in YAML
  std::string in_force;
  origin by = origin::flag;
};

/// Those of `file`, which was read by itself, when `in_force` is the same with environment and flags over it.
[[nodiscard]] std::vector<overridden_value> overridden_in(const loaded& file, const loaded& in_force);

/// The values among the node's keys that the environment sets: CAF_NODE_ and the path in capitals, a leading `node.`
/// left out (CAF_NODE_REGION, CAF_NODE_LOG_LEVEL, CAF_NODE_CONTROL_PORT). `look_up` is std::getenv, or a test's own.
[[nodiscard]] std::vector<override_value>
overrides_from_environment(const std::function<const char*(const char*)>& look_up);

/// The whole configuration as YAML that can be loaded again; with `show_origin` each line ends in a comment that says
/// where its value came from. References to secrets stay references.
[[nodiscard]] std::string print_config(const loaded& from, bool show_origin);

} // namespace cafnode::conf
