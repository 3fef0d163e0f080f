// Processes on CAF's scheduler with several threads, in real time.
#include "runtime/process/process_base.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/system_config.hpp"
#include "runtime/process/tell.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace cafnode;

namespace {

/// Hands a number that counts down on to the next one, and tells when it is 0.
class passer final : public process::process_base {
public:
  passer(caf::actor_config& config, std::promise<void>* arrived) : process_base{config, "passer"}, done_{arrived} {}

private:
  caf::behavior behave() override {
    return {
        [this](const caf::actor& next) { next_ = next; },
        [this](int left) {
          if (left > 0)
            return process::tell(*this, next_, left - 1);
          done_->set_value();
        },
    };
  }

  void on_end(const caf::error&) override { next_ = nullptr; }

  std::promise<void>* done_;
  caf::actor next_;
};

} // namespace

SCENARIO("a process that one thread lets go of may run on another at once") {
  GIVEN("pairs of processes that hand a number to and fro on three threads") {
    constexpr int pairs = 3;
    process::system_config config{3};
    config.use_timer_thread();
    caf::actor_system system{config};
    std::vector<std::promise<void>> done(pairs);
    std::vector<caf::actor> all;
    for (auto& each : done) {
      const auto one = process::spawn_process<passer>(system, nullptr, &each);
      const auto other = process::spawn_process<passer>(system, nullptr, &each);
      process::tell_anonymous(one, other);
      process::tell_anonymous(other, one);
      process::tell_anonymous(one, 100'000);
      all.insert(all.end(), {one, other});
    }
    THEN("each number arrives") {
      for (auto& each : done)
        CHECK(each.get_future().wait_for(std::chrono::seconds{50}) == std::future_status::ready);
    }
    for (const auto& each : all)
      process::ask_to_stop(each);
  }
}
