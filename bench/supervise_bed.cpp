#include "bench/supervise_bed.hpp"

#include <fstream>
#include <malloc.h>
#include <stdexcept>
#include <unistd.h>

namespace cafnode::bench {

namespace {

host::host_options one_thread() {
  host::host_options options;
  options.io_threads = 1;
  options.scheduler_threads = 1;
  return options;
}

} // namespace

supervise_bed::supervise_bed(place where)
    : host_{one_thread()}, home_{where == place::home ? &host_.engine().unit(0) : nullptr} {}

end_watcher::end_watcher(caf::actor_config& config, caf::actor target, std::promise<void>& ended)
    : caf::event_based_actor{config}, target_{std::move(target)}, ended_{&ended} {
  set_down_handler([this](const caf::down_msg&) {
    ended_->set_value();
    quit();
  });
}

caf::behavior end_watcher::make_behavior() {
  monitor(target_);
  target_ = nullptr;
  return {[](stop_atom) {}};
}

void crash_loop::on_ready(std::size_t index, caf::event_based_actor& child) {
  const auto now = steady::now();
  children[index] = caf::actor{&child};
  if (--awaited > 0)
    return;
  ended_at = now;
  samples_us.push_back(std::chrono::duration<double, std::micro>(now - crashed_at).count());
  child.send(driver, ready_atom::value);
}

crash_driver::crash_driver(caf::actor_config& config, crash_loop& loop)
    : caf::event_based_actor{config}, loop_{&loop} {}

caf::behavior crash_driver::make_behavior() {
  return {[this](ready_atom) { on_ready(); }};
}

void crash_driver::on_ready() {
  auto& loop = *loop_;
  if (!booted_) {
    booted_ = true;
    loop.samples_us.clear();
    loop.samples_us.reserve(loop.rounds);
    loop.began_at = steady::now();
    if (loop.asker)
      send(loop.asker, start_atom::value);
  } else if (loop.rotates) {
    loop.victim = (loop.victim + 1) % loop.children.size();
  }
  if (loop.samples_us.size() == loop.rounds) {
    loop.over = true;
    loop.done.set_value();
    return quit();
  }
  loop.awaited = loop.replaced;
  if (!loop.at_once)
    return send(loop.children[loop.victim], crash_atom::value);
  for (const auto& child : loop.children)
    send(child, crash_atom::value);
}

void crash_role::crash() const {
  loop->crashed_at = steady::now();
  throw std::runtime_error{"boom"};
}

void start_count::on_ready(steady::time_point asked) {
  if (timed)
    samples_us.push_back(std::chrono::duration<double, std::micro>(steady::now() - asked).count());
  if (++ready == wanted)
    all_ready.set_value();
}

memory_use memory_now() {
  const auto heap = ::mallinfo2();
  std::ifstream file{"/proc/self/statm"};
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return {static_cast<double>(heap.uordblks + heap.hblkhd), resident * static_cast<double>(::sysconf(_SC_PAGESIZE))};
}

double milliseconds_between(steady::time_point from, steady::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

figures start_stop_figures(std::size_t children, double start_ms, double stop_ms, memory_use before, memory_use after) {
  const auto each = static_cast<double>(children);
  return {{"start_ms", start_ms},
          {"stop_ms", stop_ms},
          {"start_ns", start_ms * 1e6 / each},
          {"stop_ns", stop_ms * 1e6 / each},
          {"bytes", (after.allocated - before.allocated) / each},
          {"resident_bytes", (after.resident - before.resident) / each}};
}

} // namespace cafnode::bench
