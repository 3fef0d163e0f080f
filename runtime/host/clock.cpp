#include "runtime/host/clock.hpp"

#include <chrono>

namespace cafnode::host {

base::moment machine_clock::now() const {
  return {std::chrono::steady_clock::now(),
          std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())};
}

} // namespace cafnode::host
