#include "tests/apps/program_run.hpp"

#include <doctest/doctest.h>

using cafnode::test::run_program;

SCENARIO("what was asked to be printed and could not be is no success") {
  const std::string node = CAFNODE_NODE, sim = CAFNODE_SIM, trace = CAFNODE_SUP_TRACE;
  const std::pair<std::string, int> commands[] = {
      {node + " --print-config", 75}, {node + " --print-schema", 75},    {node + " --check-config", 75},
      {node + " --help", 75},         {node + " --version", 75},         {sim + " --print-settings", 75},
      {sim + " --help", 75},          {sim + " --explain-settings", 75}, {trace + " --help", 2}};
  for (const auto& [command, status] : commands) {
    for (const std::string where : {" >/dev/full", " >&-"}) {
      const auto run = run_program({"/bin/sh", "-c", command + where});
      CHECK_MESSAGE(run.status == status, command << where << ": " << run.err);
      CHECK(run.err.find("standard output could not be written") != std::string::npos);
    }
    const auto run = run_program({"/bin/sh", "-c", command});
    CHECK_MESSAGE(run.status == 0, command << ": " << run.err);
    CHECK(run.out.size() > 10);
  }
}
