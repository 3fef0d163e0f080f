#include "runtime/host/thread_rehearsal.hpp"

#include <doctest/doctest.h>

#include <pthread.h>

using namespace cafnode;

namespace {

/// Stacks of this size for all threads to come, until the end of the scope.
class stacks_of {
public:
  explicit stacks_of(std::size_t bytes) {
    pthread_getattr_default_np(&before_);
    pthread_attr_t wanted;
    pthread_attr_init(&wanted);
    REQUIRE(pthread_attr_setstacksize(&wanted, bytes) == 0);
    REQUIRE(pthread_setattr_default_np(&wanted) == 0);
    pthread_attr_destroy(&wanted);
  }

  stacks_of(const stacks_of&) = delete;
  stacks_of& operator=(const stacks_of&) = delete;

  ~stacks_of() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

private:
  pthread_attr_t before_{};
};

} // namespace

SCENARIO("threads that the system gives are all alive at once, and gone afterwards") {
  CHECK(host::rehearse_threads(0).has_value());
  CHECK(host::rehearse_threads(32).has_value());
}

SCENARIO("threads that the system refuses are a fault that says which, and the others end") {
  const stacks_of huge{std::size_t{50} << 40U}; // of the 128 TiB that a process can address
  const auto rehearsed = host::rehearse_threads(4);
  REQUIRE_FALSE(rehearsed.has_value());
  CHECK(rehearsed.fault().find("of 4 was refused: ") != std::string::npos);
}
