#include "bench/config_bench.hpp"
#include "bench/connections_bench.hpp"
#include "bench/decode_bench.hpp"
#include "bench/heartbeat_bench.hpp"
#include "bench/report.hpp"
#include "bench/supervise_bench.hpp"
#include "runtime/base/standard_output.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>

namespace cafnode::bench {

namespace {

report decode_report(const decode_options& options) {
  const auto measured = run_decode(options);
  if (!measured.failure.empty())
    throw std::runtime_error{measured.failure};
  report out{"decode", {}};
  for (const auto& one : measured.cases)
    out.cases.push_back({one.name,
                         {{"frames_per_s", one.ours_per_s}, {"bytes", one.bytes}},
                         {{"simdjson", {{"frames_per_s", one.simdjson_per_s}}},
                          {"boost_json", {{"frames_per_s", one.boost_json_per_s}}}},
                         {{"frames_per_s", "frames_per_s"}}});
  return out;
}

void add_supervise(CLI::App& app, std::function<report()>& bench) {
  const auto options = std::make_shared<supervise_options>();
  const auto quick = std::make_shared<bool>(false);
  auto* supervise = app.add_subcommand("supervise", "Restarts, starts, stops and bytes, beside bare CAF and OTP");
  supervise->add_option("--case", options->cases, "restart, spawn, children, ask; all unless said")->delimiter(',');
  supervise->add_option("--strategy", options->strategies, "Of restart and children; all unless said")->delimiter(',');
  supervise->add_option("--on", options->places, "Where restarts run: home, scheduler; both unless said")
      ->delimiter(',');
  supervise->add_option("--children", options->children, "How many start and stop; several counts")->delimiter(',');
  supervise->add_option("--rounds", options->rounds, "Crashes, and children of the spawn case")->capture_default_str();
  supervise->add_option("--repeat", options->repeat, "Runs by turns; the best counts")->capture_default_str();
  supervise->add_option("--otp-source", options->otp_source, "The Erlang program")->capture_default_str();
  supervise->add_flag("!--no-otp", options->otp, "Leave OTP out even if erl is here");
  supervise->add_flag("!--no-caf", options->bare, "Leave bare CAF out: with --no-otp only ours runs, for a profiler");
  supervise->add_flag("--quick", *quick, "Seconds instead of minutes, without OTP");
  supervise->callback([options, quick, &bench] {
    if (*quick)
      *options = quick_options();
    bench = [options] { return run_supervise(*options); };
  });
}

int run(int argc, char** argv) {
  CLI::App app{"caf-bench: measures caf-node beside its peers, in one run", "caf-bench"};
  app.require_subcommand(1);
  app.fallthrough();
  bool json = false;
  app.add_flag("--json", json, "One JSON object a benchmark instead of a table");
  std::function<report()> bench;

  std::size_t rounds = 20'000;
  std::size_t loads = 1000;
  auto* heartbeat = app.add_subcommand("heartbeat", "test_request in to public/test out, beside bare Beast");
  heartbeat->add_option("--rounds", rounds, "Questions to each, in turn")->capture_default_str();
  heartbeat->add_option("--loads", loads, "Other connections in the loaded case")->capture_default_str();
  heartbeat->callback([&] { bench = [&] { return run_heartbeat(rounds, loads); }; });

  connections_options many;
  auto* connections = app.add_subcommand("connections", "Many connections against exchange-sim, plain and TLS");
  connections->add_option("--count", many.count, "Connections")->capture_default_str();
  connections->add_option("--watch", many.watch_seconds, "Seconds to watch their heartbeats")->capture_default_str();
  connections->add_option("--busy", many.busy, "Processes beside it that use all the processor time they get")
      ->capture_default_str();
  connections->callback([&] { bench = [&] { return run_connections(many); }; });

  config_options changes;
  auto* config = app.add_subcommand("config", "Changes of a running node's configuration, against exchange-sim");
  config->add_option("--count", changes.count, "Connections")->check(CLI::Range(2, 20'000))->capture_default_str();
  config->add_option("--rounds", changes.rounds, "Changes of each case")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  config->callback([&] { bench = [&] { return run_config(changes); }; });

  decode_options decoding;
  auto* decode = app.add_subcommand("decode", "Frames per second through the protocol machine, beside JSON libraries");
  decode->add_option("--frames", decoding.frames, "Folder of recorded frames")->capture_default_str();
  decode->callback([&] { bench = [&] { return decode_report(decoding); }; });

  add_supervise(app, bench);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  }
  const auto measured = bench();
  const auto why = base::write_output(json ? to_json(measured) + "\n" : to_table(measured));
  if (!why.empty())
    std::fprintf(stderr, "caf-bench: standard output could not be written: %s\n", why.c_str());
  return why.empty() ? 0 : 1;
}

} // namespace

} // namespace cafnode::bench

int main(int argc, char** argv) {
  try {
    return cafnode::bench::run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "caf-bench: %s\n", problem.what());
    return 1;
  }
}
