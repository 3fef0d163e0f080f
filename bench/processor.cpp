#include "bench/processor.hpp"

#include <algorithm>
#include <pthread.h>
#include <sched.h>
#include <thread>

namespace cafnode::bench {

void stay_on_processor(unsigned index) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(index % std::max(1U, std::thread::hardware_concurrency()), &only);
  ::pthread_setaffinity_np(::pthread_self(), sizeof only, &only);
}

} // namespace cafnode::bench
