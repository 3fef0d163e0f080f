#pragma once

#include <string>
#include <vector>

namespace cafnode::test {

/// How a program ended and what it said.
struct program_run {
  int status = -1; // 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

/// Runs a program to its end, with `environment` ("NAME=value") beside PATH as all of its environment. Ends the program
/// after 20 s.
[[nodiscard]] program_run run_program(const std::vector<std::string>& words,
                                      const std::vector<std::string>& environment = {});

} // namespace cafnode::test
