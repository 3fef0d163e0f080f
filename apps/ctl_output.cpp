#include "apps/ctl_output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace cafnode::ctl {

void put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      throw output_failed{fmt::format("the answer could not be written to standard output: {}", std::strerror(errno))};
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void hold_standard_descriptors() {
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(each, F_GETFD) < 0 && errno == EBADF) {
      // The lowest free number is this one. The wrong direction on purpose: reading or writing there is an error.
      static_cast<void>(::open("/dev/null", (each == STDIN_FILENO ? O_WRONLY : O_RDONLY)));
    }
}

} // namespace cafnode::ctl
