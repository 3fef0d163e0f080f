#include "apps/trace/runner.hpp"
#include "runtime/base/standard_output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace cafnode::trace {

namespace {

constexpr int exit_done = 0;
constexpr int exit_bad = 2;

constexpr auto help = R"(sup-trace: runs a supervision script in virtual time and prints what the supervisor did)";

constexpr auto more_help = R"(
A script is a JSON object: "root", a supervisor, and "steps", what is done to it. The trace is one JSON object a
line, in the form that is recorded from Erlang/OTP's supervisor (docs/supervision-scripts.md).
Exit status: 0, or 2 when a script is missing or makes no sense.)";

int complain(std::string_view where, std::string_view what) {
  base::write_error(fmt::format("sup-trace: {}: {}\n", where, what));
  return exit_bad;
}

int print(const std::string& text) {
  const auto why = base::write_output(text);
  return why.empty() ? exit_done : complain("standard output could not be written", why);
}

/// The trace of the script in `source`, each line ended by `end`; none when `source` is no script, which is said.
std::optional<std::string> trace_of(std::string_view where, std::string_view source, std::string_view end,
                                    trace_options options) {
  const auto read = read_script(source);
  if (const auto* wrong = std::get_if<std::string>(&read)) {
    complain(where, *wrong);
    return std::nullopt;
  }
  const auto& script = std::get<trace_script>(read);
  if (const auto faults = faults_of(script); !faults.empty()) {
    complain(where, faults);
    return std::nullopt;
  }
  return fmt::format("{}", fmt::join(run_script(script, options), end));
}

int run_file(const std::string& name, trace_options options) {
  if (!std::filesystem::is_regular_file(name))
    return complain(name, "there is no such file; name one with a script");
  std::ifstream file{name};
  const std::string source{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open())
    return complain(name, "cannot be read");
  const auto trace = trace_of(name, source, "\n", options);
  if (!trace)
    return exit_bad;
  return print(*trace + "\n");
}

int run_lines(trace_options options) {
  std::ifstream input{"/dev/stdin"};
  std::string source;
  for (int number = 1; std::getline(input, source); ++number) {
    const auto trace = trace_of(fmt::format("line {}", number), source, ",", options);
    if (!trace)
      return exit_bad;
    if (const int code = print("[" + *trace + "]\n"); code != exit_done)
      return code;
  }
  return exit_done;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{help, "sup-trace"};
  app.footer(more_help);
  std::string script;
  bool lines = false;
  trace_options options;
  auto* file = app.add_option("SCRIPT", script, "The file with the script");
  app.add_flag("--lines", lines, "Scripts from standard input, one a line; each trace is one line, a JSON array")
      ->excludes(file);
  app.add_flag("--times", options.times, "Each line says when, in virtual milliseconds");
  app.set_version_flag("--version", std::string{"sup-trace "} + CAFNODE_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) { // --help, --version
    std::ostringstream text;
    static_cast<void>(app.exit(asked, text));
    return print(text.str());
  } catch (const CLI::ParseError& said) {
    return complain(said.what(), "`sup-trace --help` shows how it is called");
  }
  if (!lines && script.empty())
    return complain("no SCRIPT", "`sup-trace --help` shows how it is called");
  return lines ? run_lines(options) : run_file(script, options);
}

} // namespace

} // namespace cafnode::trace

int main(int argc, char** argv) {
  try {
    return cafnode::trace::parse_and_run(argc, argv);
  } catch (const std::exception& problem) {
    return cafnode::trace::complain("failed", problem.what());
  }
}
