#include "runtime/host/thread_rehearsal.hpp"

#include <future>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

namespace cafnode::host {

base::result<bool, std::string> rehearse_threads(std::size_t count) {
  std::promise<void> over;
  const auto all_started = over.get_future().share();
  std::string refused;
  std::vector<std::thread> cast;
  cast.reserve(count);
  try {
    while (cast.size() < count)
      cast.emplace_back([all_started] {
        // As every thread, with memory of its own: the allocator reserves more addresses for that than a stack has.
        const auto own = std::make_unique<volatile char>();
        all_started.wait();
      });
  } catch (const std::system_error& refusal) {
    refused = "thread " + std::to_string(cast.size() + 1) + " of " + std::to_string(count) +
              " was refused: " + refusal.code().message();
  }
  over.set_value();
  for (auto& each : cast)
    each.join();
  if (!refused.empty())
    return base::failure{std::move(refused)};
  return true;
}

} // namespace cafnode::host
