#include "bench/session_bed.hpp"

#include "actors/session/depot.hpp"
#include "actors/session/io_seats.hpp"
#include "supervisors/supervisor.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace cafnode::bench {

namespace {

class no_notices final : public session::notice_sink {
public:
  void publish(session::notice) override {}
};

class no_events final : public supervision::event_sink {
public:
  void publish(const supervision::event&) override {}
};

host::host_options options_with(std::size_t io_threads) {
  host::host_options options;
  options.io_threads = io_threads;
  options.scheduler_threads = 1;
  return options;
}

} // namespace

session_bed::session_bed(const conf::node_config& config, std::size_t io_threads)
    : host_{std::make_unique<host::actor_host>(options_with(io_threads))}, board_{std::make_shared<session::board>()} {
  auto wanted = session::wanted_of(config);
  if (const auto lacks = session::depot::why_not(wanted)) {
    std::fprintf(stderr, "caf-bench: %s\n", lacks->c_str());
    std::exit(1);
  }
  const auto depot = std::make_shared<session::depot>(
      session::depot_inputs{session::seats_on(host_->engine()), &host_->clock(), board_, std::make_shared<no_notices>(),
                            std::make_shared<no_events>(), 1});
  depot->want(std::move(wanted), 1);
  const auto outcome = supervision::start_supervisor(host_->system(), nullptr, depot->root_plan());
  if (const auto* up = std::get_if<supervision::started>(&outcome))
    root_ = up->child;
}

session_bed::~session_bed() {
  host_->shutdown(std::move(root_), std::chrono::seconds{20});
}

std::size_t session_bed::live() const {
  std::size_t count = 0;
  for (const auto& record : board_->all())
    if (record->view().phase == session::phase::live)
      ++count;
  return count;
}

bool session_bed::wait_for_live(std::size_t count, int seconds) const {
  for (int tries = 0; tries < seconds * 100; ++tries) {
    if (live() >= count)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

} // namespace cafnode::bench
