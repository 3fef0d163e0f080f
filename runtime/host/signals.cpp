#include "runtime/host/signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <thread>
#include <utility>

namespace cafnode::host {

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
  machinery_->thread = std::thread{[&own = *machinery_] { own.context.run(); }};
}

signals::~signals() {
  machinery_->context.stop();
  machinery_->thread.join();
}

void hold_signals() noexcept {
  sigset_t held;
  sigemptyset(&held);
  for (const int each : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&held, each);
  static_cast<void>(pthread_sigmask(SIG_BLOCK, &held, nullptr));
}

} // namespace cafnode::host
