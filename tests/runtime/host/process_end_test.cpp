#include "runtime/host/last_words.hpp"
#include "runtime/host/process_files.hpp"
#include "runtime/host/signals.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fcntl.h>
#include <functional>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

using namespace cafnode;

namespace {

struct child_end {
  int status = 0;
  std::string said; // on standard error
};

/// Runs `work` in a process of its own, which ends with 0 when it returns.
child_end in_child(const std::function<void()>& work) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    for (const int each : {SIGABRT, SIGTERM})
      static_cast<void>(std::signal(each, SIG_DFL)); // not doctest's
    work();
    ::_exit(0);
  }
  ::close(ends[1]);
  child_end end;
  char block[512];
  for (auto got = ::read(ends[0], block, sizeof block); got > 0; got = ::read(ends[0], block, sizeof block))
    end.said.append(block, static_cast<std::size_t>(got));
  ::close(ends[0]);
  REQUIRE(::waitpid(child, &end.status, 0) == child);
  return end;
}

bool ended_with(const child_end& end, int code) {
  return WIFEXITED(end.status) && WEXITSTATUS(end.status) == code;
}

/// Nobody above catches what `work` throws.
void ends_uncaught(void (*work)()) noexcept {
  work();
}

// The sanitizer's allocator ends the process by itself, with words of its own.
#ifdef __SANITIZE_ADDRESS__
constexpr bool memory_is_watched = true;
#else
constexpr bool memory_is_watched = false;
#endif

} // namespace

SCENARIO("memory that cannot be had ends the process with 70 and one line, on any thread and under any catch" *
         doctest::skip(memory_is_watched)) {
  const auto end = in_child([] {
    host::use_last_words();
    std::thread{[] {
      try {
        static_cast<void>(::operator new(std::numeric_limits<std::size_t>::max() / 4));
      } catch (const std::bad_alloc&) {
        ::_exit(1);
      }
    }}.join();
  });
  CHECK(ended_with(end, 70));
  CHECK(end.said.find("caf-node: out of memory: ") == 0);
  CHECK(end.said.find('\n') == end.said.size() - 1);
}

SCENARIO("an exception that nobody catches ends with words: 70 for what the system refused, an abort for a bug") {
  const auto refused = in_child([] {
    host::use_last_words();
    ends_uncaught([] { throw std::system_error{EAGAIN, std::generic_category(), "a thread"}; });
  });
  CHECK(ended_with(refused, 70));
  CHECK(refused.said.find("a thread: Resource temporarily unavailable") != std::string::npos);
  const auto bug = in_child([] {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    host::use_last_words();
    ends_uncaught([] { throw std::logic_error{"impossible"}; });
  });
  CHECK(WIFSIGNALED(bug.status));
  CHECK(WTERMSIG(bug.status) == SIGABRT);
  CHECK(bug.said == "caf-node: ended: impossible\n");
}

SCENARIO("what a program opens never gets the number of standard error, and a reader who has gone ends nothing") {
  const auto end = in_child([] {
    for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      ::close(file);
    host::prepare_files();
    int ends[2];
    if (::pipe(ends) != 0 || ends[0] <= STDERR_FILENO || ::write(STDERR_FILENO, "x", 1) != 1 ||
        ::write(STDOUT_FILENO, "x", 1) >= 0)
      ::_exit(1);
    ::close(ends[0]);
    if (::write(ends[1], "x", 1) >= 0)
      ::_exit(2);
    const rlimit nothing{0, 0};
    ::setrlimit(RLIMIT_FSIZE, &nothing);
    const int file = ::open(".", O_TMPFILE | O_WRONLY, 0600);
    if (file >= 0 && ::write(file, "x", 1) >= 0)
      ::_exit(3);
  });
  CHECK(ended_with(end, 0));
}

SCENARIO("threads have a stack to work on, however little the shell gives") {
  const auto end = in_child([] {
    pthread_attr_t little;
    if (::pthread_getattr_default_np(&little) != 0 || ::pthread_attr_setstacksize(&little, 64U << 10U) != 0 ||
        ::pthread_setattr_default_np(&little) != 0)
      ::_exit(1);
    const rlimit low{64U << 10U, 4U << 20U};
    rlimit now{};
    if (::setrlimit(RLIMIT_STACK, &low) != 0 || !host::ensure_stacks() || ::getrlimit(RLIMIT_STACK, &now) != 0 ||
        now.rlim_cur != 1U << 20U)
      ::_exit(2);
    pthread_attr_t after;
    std::size_t size = 0;
    if (::pthread_getattr_default_np(&after) != 0 || ::pthread_attr_getstacksize(&after, &size) != 0 ||
        size < 1U << 20U)
      ::_exit(3);
    const rlimit none{64U << 10U, 64U << 10U};
    if (::setrlimit(RLIMIT_STACK, &none) != 0 || host::ensure_stacks())
      ::_exit(4);
  });
  CHECK(ended_with(end, 0));
}

SCENARIO("the soft limit of open files becomes the hard one") {
  const auto end = in_child([] {
    const rlimit low{64, 128};
    ::setrlimit(RLIMIT_NOFILE, &low);
    rlimit now{};
    if (host::raise_file_limit() != 128 || ::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur != 128)
      ::_exit(1);
  });
  CHECK(ended_with(end, 0));
}

SCENARIO("a signal of the last moments does not change how a program ends") {
  const auto end = in_child([] {
    {
      const host::signals heard{{}};
      host::hold_signals();
    }
    ::raise(SIGTERM);
  });
  CHECK(ended_with(end, 0));
}
