#include "apps/node/app.hpp"
#include "apps/node/options.hpp"
#include "runtime/base/standard_output.hpp"
#include "runtime/host/last_words.hpp"
#include "runtime/host/process_files.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <sstream>
#include <string_view>
#include <system_error>

namespace cafnode::node {

namespace {

struct flag {
  const char* name;
  const char* path;
  const char* help;
};

constexpr flag flags[] = {
    {"--region", "node.region", "The region that this node stands in, for example tokyo"},
    {"--name", "node.name", "The node's name; by default the host's"},
    {"--control-address", "control.address", "Where the control API listens over TCP"},
    {"--control-port", "control.port", "Its port; 0 takes any that is free"},
    {"--control-socket", "control.socket", "Its unix socket; `off` is none"},
    {"--log-level", "log.level", "trace, debug, info, warn or error"},
    {"--log-format", "log.format", "auto, json or text"},
    {"--log-file", "log.file", "Appended to; by default standard error"},
};

std::string check_text(const std::string& text) {
  return text.empty() ? "is empty: leave it out, or give it a value" : "";
}

/// CLI11 takes the next word for the value of "--name=", and so would lose both.
void refuse_empty(int argc, char** argv) {
  for (int place = 1; place < argc; ++place)
    if (const std::string_view word = argv[place]; word.starts_with("--") && word.find('=') == word.size() - 1)
      throw CLI::ValidationError{std::string{word.substr(0, word.size() - 1)}, check_text({})};
}

int print_text(const std::string& text) {
  const auto why = base::write_output(text);
  if (why.empty())
    return static_cast<int>(exit_code::clean);
  std::fprintf(stderr, "caf-node: standard output could not be written: %s\n", why.c_str());
  return static_cast<int>(exit_code::temporary);
}

int run(const node_options& options) {
  if (options.what == node_options::what::print_schema)
    return print_text(conf::schema_to_markdown());
  const auto config = load(options);
  print_faults(config, options.json);
  if (!config.usable())
    return static_cast<int>(exit_code::bad_config);
  switch (options.what) {
  case node_options::what::check_config:
    return print_text(options.json ? "{\"ok\":true}\n"
                                   : (options.config_file.empty() ? "built-in" : options.config_file) + ": ok\n");
  case node_options::what::print_config:
    return print_text(conf::print_config(config, options.show_origin));
  default:
    return static_cast<int>(run_node(config, options));
  }
}

int parse_and_run(int argc, char** argv) {
  node_options options;
  CLI::App app{"caf-node: keeps exchange connections and the orders on them alive", "caf-node"};
  app.set_version_flag("--version", std::string{"caf-node "} + CAFNODE_VERSION);
  app.add_option("--config", options.config_file, "The configuration; without it a built-in default is used")
      ->check(check_text);
  app.add_option("--state", options.state_folder,
                 "Folder where versions of the configuration are kept; by default $STATE_DIRECTORY, or in memory only")
      ->check(check_text)
      ->envname("STATE_DIRECTORY");
  bool check = false;
  bool print = false;
  bool schema = false;
  app.add_flag("--check-config", check, "Say what is wrong with the configuration, all of it, and end");
  app.add_flag("--print-config", print, "Print the configuration in force, and end");
  app.add_flag("--show-origin", options.show_origin, "With --print-config: where each value comes from");
  app.add_flag("--print-schema", schema, "Print every key of the configuration as Markdown, and end");
  app.add_flag("--json", options.json, "Faults of the configuration as JSON");
  std::string values[std::size(flags)];
  for (std::size_t i = 0; i < std::size(flags); ++i)
    app.add_option(flags[i].name, values[i], flags[i].help)->check(check_text);
  try {
    refuse_empty(argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) { // --help, --version
    std::ostringstream text;
    static_cast<void>(app.exit(asked, text));
    return print_text(text.str());
  } catch (const CLI::ParseError& problem) {
    // CLI11's own exit codes mean nothing to a shell or a service manager.
    static_cast<void>(app.exit(problem));
    return static_cast<int>(exit_code::usage);
  }
  for (std::size_t i = 0; i < std::size(flags); ++i)
    if (!values[i].empty())
      options.overrides.push_back({flags[i].path, values[i], conf::origin::flag, flags[i].name});
  using what = enum node_options::what;
  options.what = check ? what::check_config : print ? what::print_config : schema ? what::print_schema : what::run;
  return run(options);
}

} // namespace

} // namespace cafnode::node

int main(int argc, char** argv) {
  cafnode::host::prepare_files();
  cafnode::host::use_last_words();
  if (!cafnode::host::ensure_stacks()) {
    std::fprintf(stderr, "caf-node: the stack may have less than 128 KiB: raise its limit (ulimit -s, LimitSTACK=)\n");
    return static_cast<int>(cafnode::node::exit_code::internal);
  }
  try {
    return cafnode::node::parse_and_run(argc, argv);
  } catch (const std::system_error& refused) {
    std::fprintf(stderr,
                 "caf-node: %s: the system refused a thread or a file: look at the limits of the process and of its "
                 "cgroup\n",
                 refused.what());
    return static_cast<int>(cafnode::node::exit_code::internal);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "caf-node: %s\n", problem.what());
    return static_cast<int>(cafnode::node::exit_code::internal);
  }
}
