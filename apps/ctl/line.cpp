#include "apps/ctl/line.hpp"

#include <CLI/CLI.hpp>

#include <utility>

namespace cafnode::ctl {

std::string check_text(const std::string& text) {
  return text.empty() ? "is empty" : "";
}

std::string check_sequence(const std::string& text) {
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos && text.size() < 20;
  return is_number ? "" : "not a number";
}

std::string check_span(const std::string& text) {
  return parse_span(text) ? "" : "not a time: 500ms, 5s, 2m, or a number of seconds";
}

void add_watch(CLI::App& command, line& said) {
  command.add_option("-w,--watch", said.watch, "Show it again and again, every second or as often as said")
      ->expected(0, 1)
      ->default_str("1s")
      ->check(check_span);
}

CLI::App* add(CLI::App& under, const std::string& name, const std::string& what,
              std::function<exit_code(const line&)> run, line& said) {
  CLI::App* command = under.add_subcommand(name, what);
  command->fallthrough()->footer("`cafctl --help` lists what every command takes: --addr, -o json, --timeout.");
  command->callback([&said, run = std::move(run)] { said.command = run; });
  return command;
}

void add_offline(CLI::App& command, line& said) {
  command.preparse_callback([&said](std::size_t) { said.needs_node = false; });
}

CLI::App* add_group(CLI::App& app, const std::string& name, const std::string& what) {
  CLI::App* group = app.add_subcommand(name, what);
  group->fallthrough()->require_subcommand(1);
  return group;
}

} // namespace cafnode::ctl
