#include "runtime/base/standard_output.hpp"
#include "sim/audit_file.hpp"
#include "sim/deribit/rpc_text.hpp"
#include "sim/exchange_server.hpp"
#include "sim/market/make_exchange.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/resource.h>

namespace {

using namespace cafnode;

constexpr int exit_usage = 2;
constexpr int exit_internal = 70;
constexpr int exit_temporary = 75;
constexpr int exit_config = 78;

class machine_clock final : public base::clock_source {
public:
  [[nodiscard]] base::moment now() const override {
    return {base::clock::now(), std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())};
  }
};

struct arguments {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9443;
  std::uint16_t control_port = 9444;
  bool no_control = false;
  bool tls = false;
  std::string certificate;
  std::string key;
  std::string state_dir;
  std::string config;
  std::string faults;
  std::string audit;
  std::uint64_t seed = 1;
  std::vector<std::string> set;
  bool print_settings = false;
  bool explain_settings = false;
};

struct configuration {
  sim::settings rules;
  std::vector<sim::fault_spec> script;
};

using faulty = base::failure<std::string>;

base::result<boost::json::value, std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file)
    return faulty{fmt::format("cannot read '{}'", path)};
  std::ostringstream text;
  text << file.rdbuf();
  if (text.view().size() > (std::size_t{10} << 20U))
    return faulty{fmt::format("'{}' is larger than 10 MB", path)};
  auto value = sim::parse_json(text.view());
  if (!value)
    return faulty{fmt::format("'{}' is not JSON", path)};
  return std::move(*value);
}

/// Appends the faults of a JSON list. Empty when done, otherwise what is wrong and where.
std::string add_script(const boost::json::value& list, std::string_view where, std::vector<sim::fault_spec>& script) {
  if (!list.is_array())
    return fmt::format("{}: faults must be a list", where);
  std::size_t number = 0;
  for (const auto& one : list.get_array()) {
    ++number;
    if (!one.is_object())
      return fmt::format("{}: fault {} is not an object", where, number);
    auto spec = sim::read_fault(one.get_object());
    if (!spec)
      return fmt::format("{}: fault {}: {}", where, number, spec.fault());
    script.push_back(std::move(spec).value());
  }
  return {};
}

std::string add_config(const std::string& path, configuration& into) {
  auto file = read_file(path);
  if (!file)
    return file.fault();
  if (!file.value().is_object())
    return fmt::format("'{}' must hold an object with 'settings' and 'faults'", path);
  for (const auto& [key, value] : file.value().get_object()) {
    if (key == "settings" && value.is_object()) {
      auto read = sim::read_settings(value.get_object(), into.rules);
      if (!read)
        return fmt::format("{}: {}", path, read.fault());
      into.rules = std::move(read).value();
    } else if (key == "faults") {
      if (std::string fault = add_script(value, path, into.script); !fault.empty())
        return fault;
    } else {
      return fmt::format("{}: unknown or misshapen '{}'; known are 'settings' (an object) and 'faults' (a list)", path,
                         std::string_view{key.data(), key.size()});
    }
  }
  return {};
}

std::string add_set(const std::string& pair, configuration& into) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string::npos)
    return fmt::format("--set takes name=value, not '{}'", pair);
  const std::string text = pair.substr(equals + 1);
  boost::json::value value = boost::json::string{text};
  const bool is_quoted = text.starts_with('"');
  if (auto typed = sim::parse_json(text); typed && (is_quoted || !typed->is_string())) // 1.5 stays the text it is
    value = std::move(*typed);
  auto read = sim::read_settings({{pair.substr(0, equals), std::move(value)}}, into.rules);
  if (!read)
    return read.fault();
  into.rules = std::move(read).value();
  return {};
}

base::result<configuration, std::string> configure(const arguments& given) {
  configuration chosen;
  std::string fault;
  if (!given.config.empty())
    fault = add_config(given.config, chosen);
  for (const auto& pair : given.set)
    if (fault.empty())
      fault = add_set(pair, chosen);
  if (fault.empty() && !given.faults.empty()) {
    auto file = read_file(given.faults);
    fault = file ? add_script(file.value(), given.faults, chosen.script) : file.fault();
  }
  if (!fault.empty())
    return faulty{std::move(fault)};
  return chosen;
}

int complain(int code, std::string_view text) {
  base::write_error(fmt::format("exchange-sim: {}\n", text));
  return code;
}

int print(const std::string& text) {
  const auto why = base::write_output(text);
  return why.empty() ? 0 : complain(exit_temporary, "standard output could not be written: " + why);
}

base::result<sim::tls_files, std::string> tls_identity(const arguments& given) {
  if (!given.certificate.empty() || !given.key.empty()) {
    if (given.certificate.empty() || given.key.empty())
      return faulty{"--cert and --key go together"};
    return sim::tls_files{given.certificate, given.key, ""};
  }
  std::string folder = given.state_dir;
  if (folder.empty()) {
    std::string pattern = "/tmp/exchange-sim-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
      return faulty{"cannot make a temporary folder for the certificate; name one with --state-dir"};
    ::chmod(pattern.c_str(), 0755);
    folder = pattern;
  }
  return sim::make_tls_files(folder);
}

/// Thousands of connections need as many descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void announce(const arguments& given, const sim::exchange_server& server, const sim::tls_files& files) {
  const bool any = given.address == "0.0.0.0" || given.address == "::";
  const std::string host = any || given.tls ? "localhost" : given.address;
  fmt::print("websocket  {}://{}:{}/ws/api/v2\n", given.tls ? "wss" : "ws", host, server.port());
  fmt::print("http       {}://{}:{}/api/v2\n", given.tls ? "https" : "http", host, server.port());
  if (server.control_port() != 0)
    fmt::print("control    http://127.0.0.1:{}/\n", server.control_port());
  if (!files.authority.empty())
    fmt::print("ca file    {}\n", files.authority);
  if (!given.audit.empty())
    fmt::print("audit log  {}\n", given.audit);
  fmt::print("account    client id 'sim-key', client secret 'sim-secret'\n");
  std::fflush(stdout);
}

int serve(const arguments& given, const configuration& chosen) {
  const machine_clock clock;
  std::unique_ptr<sim::audit_file> file;
  if (!given.audit.empty()) {
    auto opened = sim::audit_file::open(given.audit);
    if (!opened)
      return complain(exit_config, opened.fault());
    file = std::move(opened).value();
  }
  sim::audit_log audit{clock, file.get()};
  sim::server_options options;
  sim::tls_files files;
  if (given.tls) {
    auto made = tls_identity(given);
    if (!made)
      return complain(exit_config, made.fault());
    files = std::move(made).value();
    auto loaded = sim::load_tls_server(files);
    if (!loaded)
      return complain(exit_config, loaded.fault());
    options.tls = std::move(loaded).value();
  }
  options.address = given.address;
  options.port = given.port;
  if (!given.no_control)
    options.control_port = given.control_port;
  options.front.seed = given.seed;
  options.front.rules = chosen.rules;
  options.front.script = chosen.script;

  boost::asio::io_context io{1};
  sim::exchange_options market_options;
  market_options.seed = given.seed;
  const auto market = sim::make_exchange(market_options, audit, clock.now());
  auto server = sim::exchange_server::open(io, std::move(options), clock, audit, *market);
  if (!server)
    return complain(server.fault().port_in_use ? exit_temporary : exit_config, server.fault().text);
  announce(given, *server.value(), files);
  boost::asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&io, &server](boost::system::error_code, int) {
    server.value()->stop();
    io.stop();
  });
  io.run();
  return 0;
}

void add_options(CLI::App& app, arguments& given) {
  app.set_version_flag("--version", "exchange-sim " CAFNODE_VERSION);
  app.add_option("--port", given.port, "WebSocket and HTTP; 0 takes any free port")->capture_default_str();
  app.add_option("--control-port", given.control_port, "control API, on loopback; 0 takes any free port")
      ->capture_default_str();
  app.add_flag("--no-control", given.no_control, "no control API");
  app.add_option("--address", given.address, "where to listen")->capture_default_str();
  app.add_flag("--tls", given.tls, "speak TLS; makes a certificate for localhost unless --cert and --key are given");
  app.add_option("--cert", given.certificate, "PEM certificate chain");
  app.add_option("--key", given.key, "PEM private key");
  app.add_option("--state-dir", given.state_dir, "where a made certificate and its CA file go");
  app.add_option("--config", given.config, "JSON file: {\"settings\": {...}, \"faults\": [...]}");
  app.add_option("--faults", given.faults, "JSON file: a list of faults, each with at_ms");
  app.add_option("--set", given.set, "one setting: name=value; may be repeated");
  app.add_option("--audit", given.audit, "append what happens to this file, as JSON lines");
  app.add_option("--seed", given.seed, "seed of the market and of all chance")->capture_default_str();
  app.add_flag("--print-settings", given.print_settings, "print the settings as JSON and end");
  app.add_flag("--explain-settings", given.explain_settings, "print what each setting does and end");
}

int run(int argc, char** argv) {
  CLI::App app{"A simulator of the Deribit exchange: JSON-RPC over WebSocket and HTTP, with faults on demand."};
  arguments given;
  add_options(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) { // --help, --version
    std::ostringstream text;
    static_cast<void>(app.exit(asked, text));
    return print(text.str());
  } catch (const CLI::ParseError& fault) {
    static_cast<void>(app.exit(fault));
    return exit_usage;
  }
  if (given.explain_settings)
    return print(sim::explain_settings());
  const auto chosen = configure(given);
  if (!chosen)
    return complain(exit_config, chosen.fault());
  if (given.print_settings)
    return print(sim::print_settings(chosen.value().rules));
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  return serve(given, chosen.value());
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& broken) {
    return complain(exit_internal, broken.what());
  }
}
