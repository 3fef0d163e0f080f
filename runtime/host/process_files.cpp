#include "runtime/host/process_files.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cafnode::host {

void prepare_files() noexcept {
  // The last two mean nothing here, and by default end the process: an operator's habit from other daemons.
  for (const int each : {SIGPIPE, SIGUSR1, SIGUSR2})
    static_cast<void>(std::signal(each, SIG_IGN));
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

bool ensure_stacks() noexcept {
  constexpr std::size_t wanted = std::size_t{1} << 20U;
  constexpr rlim_t least = rlim_t{128} << 10U;
  pthread_attr_t threads;
  std::size_t usual = 0;
  if (::pthread_getattr_default_np(&threads) == 0) {
    if (::pthread_attr_getstacksize(&threads, &usual) == 0 && usual < wanted &&
        ::pthread_attr_setstacksize(&threads, wanted) == 0)
      ::pthread_setattr_default_np(&threads);
    ::pthread_attr_destroy(&threads);
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= wanted)
    return true;
  const rlimit raised{std::min<rlim_t>(wanted, limit.rlim_max), limit.rlim_max};
  const bool is_raised = ::setrlimit(RLIMIT_STACK, &raised) == 0;
  return (is_raised ? raised : limit).rlim_cur >= least;
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
