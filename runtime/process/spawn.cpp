#include "runtime/process/spawn.hpp"

#include <caf/logger.hpp>

#include <utility>

namespace cafnode::process {

namespace {

class stillborn : public process_base {
public:
  stillborn(caf::actor_config& config, caf::error why) : process_base{config, "stillborn"}, why_{std::move(why)} {}

private:
  caf::behavior behave() override {
    stop(why_);
    return {};
  }

  caf::error why_;
};

} // namespace

void release_system_from_this_thread() noexcept {
  caf::logger::set_current_actor_system(nullptr);
}

caf::actor spawn_stillborn(caf::actor_system& system, home* where, caf::error why) {
  caf::actor_config config{where};
  caf::actor made = system.spawn_class<stillborn, caf::no_spawn_options>(config, std::move(why));
  release_system_from_this_thread();
  return made;
}

} // namespace cafnode::process
