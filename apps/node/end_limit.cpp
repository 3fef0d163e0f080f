#include "apps/node/end_limit.hpp"

#include "apps/node/options.hpp"

#include <cstdlib>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace cafnode::node {

namespace {

/// Past the log and without waiting, for either may be what hangs.
void say_if_heard(std::string_view text) {
  pollfd out{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&out, 1, 0) != 1 || (out.revents & POLLOUT) == 0)
    return;
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0)
    return; // there is nobody left to tell
}

} // namespace

end_limit::end_limit() : thread_{[this] { watch(); }} {}

end_limit::~end_limit() {
  {
    const std::lock_guard guard{mutex_};
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void end_limit::begin(std::chrono::milliseconds within, hangs what) {
  {
    const std::lock_guard guard{mutex_};
    what_ = what;
    if (ends_at_)
      return;
    ends_at_ = std::chrono::steady_clock::now() + within;
  }
  changed_.notify_all();
}

void end_limit::watch() {
  std::unique_lock guard{mutex_};
  changed_.wait(guard, [this] { return over_ || ends_at_; });
  if (over_ || changed_.wait_until(guard, *ends_at_, [this] { return over_; }))
    return;
  if (what_ == hangs::start) {
    say_if_heard("caf-node: it was to stop while it started, and the start hung, at a name server perhaps: ended by "
                 "force\n");
    std::_Exit(static_cast<int>(exit_code::temporary));
  }
  say_if_heard("caf-node: something hung in the stop; it took drain_timeout and 2 s and was ended by force\n");
  std::_Exit(static_cast<int>(exit_code::internal));
}

} // namespace cafnode::node
