#include "apps/ctl/screen.hpp"

#include <csignal>
#include <ctime>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cafnode::ctl {

namespace {

void on_resize(int) {}

void hold_back(int how) {
  sigset_t only{};
  sigemptyset(&only);
  sigaddset(&only, SIGWINCH);
  ::sigprocmask(how, &only, nullptr);
}

} // namespace

bool is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

screen_size size_of_screen() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    return {};
  return {size.ws_row, size.ws_col};
}

screen_watch::screen_watch() {
  struct sigaction resized {};

  resized.sa_handler = on_resize; // without SA_RESTART: it ends the wait
  ::sigaction(SIGWINCH, &resized, nullptr);
  hold_back(SIG_BLOCK);
}

screen_watch::~screen_watch() {
  hold_back(SIG_UNBLOCK);
}

void screen_watch::wait(std::chrono::milliseconds span) {
  sigset_t during{};
  ::sigprocmask(SIG_BLOCK, nullptr, &during);
  sigdelset(&during, SIGWINCH);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span);
  const timespec limit{seconds.count(), std::chrono::nanoseconds{span - seconds}.count()};
  ::ppoll(nullptr, 0, &limit, &during);
}

} // namespace cafnode::ctl
