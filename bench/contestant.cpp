#include "bench/contestant.hpp"

#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace cafnode::bench {

namespace {

using clock = std::chrono::steady_clock;

void write_all(int to, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto sent = ::write(to, text.data() + at, text.size() - at);
    if (sent <= 0)
      return;
    at += static_cast<std::size_t>(sent);
  }
}

[[noreturn]] void work_apart(const std::function<figures()>& work, int output) {
  std::string text;
  int code = 0;
  try {
    for (const auto& [name, value] : work())
      text += fmt::format("{} {:.17g}\n", name, value);
  } catch (const std::exception& problem) {
    text = problem.what();
    code = 1;
  }
  write_all(output, text);
  ::_exit(code); // the parent's buffers are not this process's to flush
}

[[noreturn]] void become_program(std::vector<std::string> words, int output) {
  ::dup2(output, STDOUT_FILENO);
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

/// False when the other end was still open at `deadline`.
bool read_all(int from, clock::time_point deadline, std::string& text) {
  char part[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    pollfd ready{from, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0)
      return false;
    const auto got = ::read(from, part, sizeof part);
    if (got <= 0)
      return true;
    text.append(part, static_cast<std::size_t>(got));
  }
}

figures figures_in(const std::string& text) {
  figures out;
  std::istringstream lines{text};
  std::string name;
  double value = 0;
  while (lines >> name >> value)
    out.emplace_back(name, value);
  return out;
}

figures measure(const std::function<void(int)>& become, std::chrono::seconds limit) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for a contestant"};
  const pid_t child = ::fork();
  if (child == 0)
    become(ends[1]);
  ::close(ends[1]);
  std::string text;
  const bool done = read_all(ends[0], clock::now() + limit, text);
  ::close(ends[0]);
  if (!done)
    ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!done)
    throw std::runtime_error{fmt::format("a contestant was not done within {} s", limit.count())};
  if (status != 0)
    throw std::runtime_error{fmt::format("a contestant failed with status {}: {}", status, text)};
  return figures_in(text);
}

} // namespace

figures measure_apart(const std::function<figures()>& work, std::chrono::seconds limit) {
  return measure([&](int output) { work_apart(work, output); }, limit);
}

figures measure_program(const std::vector<std::string>& words, std::chrono::seconds limit) {
  return measure([&](int output) { become_program(words, output); }, limit);
}

} // namespace cafnode::bench
