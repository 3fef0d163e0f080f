#include "chaos/sim_command.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

// caf-chaos: whole lives of a node under faults.
int main(int argc, char** argv) {
  using namespace cafnode::chaos;
  CLI::App app{"caf-chaos: lives of a node under faults, judged by the exchange's log", "caf-chaos"};
  app.require_subcommand(1);
  sim_options options;
  auto* sim = app.add_subcommand("sim", "In virtual time, from seeds");
  sim->add_option("--first", options.first, "The first seed")->capture_default_str();
  sim->add_option("--seeds", options.seeds, "How many lives")->capture_default_str()->check(CLI::Range(1, 10'000'000));
  sim->add_option("--connections", options.size.connections, "Of the node")
      ->capture_default_str()
      ->check(CLI::Range(1, 16));
  sim->add_option("--operations", options.size.operations, "What users ask for, in each life")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  sim->add_option("--faults", options.size.faults, "In each life")->capture_default_str()->check(CLI::Range(0, 10'000));
  sim->add_flag("--story", options.tells, "The plan of each life, and all that is held against it");
  try {
    app.parse(argc, argv);
    return run_sim(options);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "caf-chaos: %s\n", problem.what());
    return 70;
  }
}
