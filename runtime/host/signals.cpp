#include "runtime/host/signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <thread>
#include <utility>

namespace cafnode::host {

namespace {

sigset_t all_heard() noexcept {
  sigset_t heard;
  sigemptyset(&heard);
  for (const int each : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&heard, each);
  return heard;
}

} // namespace

struct signals::machinery {
  explicit machinery(signal_handlers given) : handlers{std::move(given)}, set{context, SIGTERM, SIGINT, SIGHUP} {}

  void wait() {
    set.async_wait([this](const boost::system::error_code& error, int number) {
      if (error)
        return;
      wait();
      const auto& handler = number == SIGHUP ? handlers.on_reload : handlers.on_terminate;
      if (handler)
        handler();
    });
  }

  signal_handlers handlers;
  boost::asio::io_context context{1};
  boost::asio::signal_set set;
  std::thread thread;
};

signals::signals(signal_handlers handlers) : machinery_{std::make_unique<machinery>(std::move(handlers))} {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  machinery_->wait();
  machinery_->thread = std::thread{[&own = *machinery_] {
    // Whoever started this program may have held them back, and that is inherited.
    const auto heard = all_heard();
    static_cast<void>(pthread_sigmask(SIG_UNBLOCK, &heard, nullptr));
    own.context.run();
  }};
}

signals::~signals() {
  machinery_->context.stop();
  machinery_->thread.join();
}

void hold_signals() noexcept {
  const auto held = all_heard();
  static_cast<void>(pthread_sigmask(SIG_BLOCK, &held, nullptr));
}

} // namespace cafnode::host
