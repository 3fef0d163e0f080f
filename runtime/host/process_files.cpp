#include "runtime/host/process_files.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cafnode::host {

void prepare_files() noexcept {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  // open() gives the lowest number that is free.
  for (int file = ::open("/dev/null", O_RDWR); file >= 0; file = ::open("/dev/null", O_RDWR)) {
    if (file == STDOUT_FILENO) { // what was to be printed is an answer: that nobody gets it has to be noticed
      ::close(file);
      static_cast<void>(::open("/dev/null", O_RDONLY));
    }
    if (file > STDERR_FILENO) {
      ::close(file);
      return;
    }
  }
}

std::uint64_t raise_file_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 0;
  const rlimit wanted{limit.rlim_max, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0)
    limit = wanted;
  return limit.rlim_cur;
}

} // namespace cafnode::host
