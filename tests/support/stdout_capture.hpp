#pragma once

#include <cstdio>
#include <string>
#include <unistd.h>

namespace cafnode::test {

/// Takes everything that is written to standard output, by whatever way, from its making to its end.
class stdout_capture {
public:
  stdout_capture() : file_{std::tmpfile()}, saved_{::dup(STDOUT_FILENO)} {
    std::fflush(stdout);
    ::dup2(::fileno(file_), STDOUT_FILENO);
  }

  ~stdout_capture() {
    std::fflush(stdout);
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
    std::fclose(file_);
  }

  stdout_capture(const stdout_capture&) = delete;
  stdout_capture& operator=(const stdout_capture&) = delete;

  [[nodiscard]] std::string text() const {
    std::fflush(stdout);
    std::string all(static_cast<std::size_t>(::lseek(::fileno(file_), 0, SEEK_END)), '\0');
    const auto got = ::pread(::fileno(file_), all.data(), all.size(), 0);
    all.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return all;
  }

private:
  std::FILE* file_;
  int saved_;
};

} // namespace cafnode::test
