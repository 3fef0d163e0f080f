#include "bench/supervise_otp.hpp"

#include "bench/contestant.hpp"

#include <stdexcept>
#include <stdlib.h>

namespace cafnode::bench {

namespace {

constexpr std::chrono::seconds compile_limit{60};
constexpr std::chrono::seconds case_limit{180};

std::filesystem::path own_folder() {
  auto name = (std::filesystem::temp_directory_path() / "caf-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::runtime_error{"no temporary folder for the Erlang program"};
  return name;
}

} // namespace

otp_peer::otp_peer(const std::string& source) : folder_{own_folder()} {
  if (!std::filesystem::exists(source)) {
    absent_ = "no " + source + ": run from the root of the tree, or name it with --otp-source";
    return;
  }
  try {
    static_cast<void>(measure_program({"erlc", "-o", folder_.string(), source}, compile_limit));
  } catch (const std::runtime_error& problem) {
    absent_ = std::string{"erlc is not here or cannot compile "} + source + " (" + problem.what() + ")";
  }
}

otp_peer::~otp_peer() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

figures otp_peer::run(const std::vector<std::string>& words) const {
  // One scheduler, as ours has one thread; room for two million processes.
  std::vector<std::string> command{"erl",     "-noshell", "-noinput",       "+S",   "1:1",           "+P",
                                   "4000000", "-pa",      folder_.string(), "-run", "supervise_otp", "main"};
  command.insert(command.end(), words.begin(), words.end());
  return measure_program(command, case_limit);
}

} // namespace cafnode::bench
