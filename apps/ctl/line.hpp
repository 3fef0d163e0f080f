#pragma once

#include "apps/ctl/commands.hpp"
#include "apps/ctl/config_commands.hpp"
#include "apps/ctl/find.hpp"

#include <functional>
#include <string>

namespace CLI {

class App;

} // namespace CLI

namespace cafnode::ctl {

/// What the command line says, as it is read.
struct line {
  options chosen;
  std::string timeout = "5s", output = "table", watch;
  bool no_color = false, market = false;
  std::string path, name, label, amount, price, shell;
  bool ask = false, renew = false, sure = false;
  bool needs_node = true;
  tree_part tree;
  event_filter filter;
  order_filter orders;
  new_order order;
  apply_options config;
  std::string other_version;
  node_wish wish;
  std::function<exit_code(const line&)> command;
};

// Each gives what is wrong with a word; empty: nothing.
[[nodiscard]] std::string check_text(const std::string& text);
[[nodiscard]] std::string check_sequence(const std::string& text);
[[nodiscard]] std::string check_span(const std::string& text);

/// -w, for the commands that show something.
void add_watch(CLI::App& command, line& said);

/// A command below `under`, which `run` does.
CLI::App* add(CLI::App& under, const std::string& name, const std::string& what,
              std::function<exit_code(const line&)> run, line& said);

/// For a command that asks no node.
void add_offline(CLI::App& command, line& said);

CLI::App* add_group(CLI::App& app, const std::string& name, const std::string& what);

/// The commands about the configuration.
void add_config(CLI::App& app, line& said);

} // namespace cafnode::ctl
