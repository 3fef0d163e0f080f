#include "runtime/base/standard_output.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace cafnode::base {

namespace {

/// What was not taken, errno telling why; empty: nothing.
std::string_view write_to(int file, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return text;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return text;
}

} // namespace

std::string write_output(std::string_view text) {
  return write_to(STDOUT_FILENO, text).empty() ? std::string{} : std::strerror(errno);
}

void write_error(std::string_view text) noexcept {
  static_cast<void>(write_to(STDERR_FILENO, text));
}

} // namespace cafnode::base
