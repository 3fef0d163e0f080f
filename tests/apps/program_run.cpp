#include "tests/apps/program_run.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cafnode::test {

namespace {

constexpr int patience_ms = 20'000;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words)
    out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

struct pipe_pair {
  pipe_pair() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }

  std::array<int, 2> ends{};
};

/// Reads both ends until the program has closed them.
bool drain(int out, int err, program_run& run) {
  std::array<pollfd, 2> waits{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<char, 4096> block{};
  while (waits[0].fd >= 0 || waits[1].fd >= 0) {
    if (::poll(waits.data(), waits.size(), patience_ms) <= 0)
      return false;
    for (auto& wait : waits) {
      if (wait.fd < 0 || wait.revents == 0)
        continue;
      const ssize_t count = ::read(wait.fd, block.data(), block.size());
      if (count > 0)
        (wait.fd == out ? run.out : run.err).append(block.data(), static_cast<std::size_t>(count));
      else
        wait.fd = -1;
    }
  }
  return true;
}

} // namespace

program_run run_program(const std::vector<std::string>& words, const std::vector<std::string>& environment) {
  std::vector<std::string> arguments = words, surroundings = environment;
  surroundings.push_back(std::string{"PATH="} + std::getenv("PATH"));
  const pipe_pair out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, words.front().c_str(), &actions, nullptr, pointers(arguments).data(),
                        pointers(surroundings).data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(out.ends[1]);
  ::close(err.ends[1]);
  program_run run;
  if (!drain(out.ends[0], err.ends[0], run))
    ::kill(pid, SIGKILL);
  int state = 0;
  ::waitpid(pid, &state, 0);
  ::close(out.ends[0]);
  ::close(err.ends[0]);
  run.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  return run;
}

} // namespace cafnode::test
