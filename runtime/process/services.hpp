#pragma once

#include "runtime/process/timer_source.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace cafnode::process {

class process_base;

/// A message that nobody wanted. The content is named by its types only: it may hold what must not be shown.
struct dead_letter {
  std::string receiver; // label
  std::string content;  // type names, for example "cafnode::session::frame_seen"
};

/// A process that has begun and not ended.
struct live_process {
  std::string label;
  caf::actor handle;
};

/// What every process of one actor system finds: time, the place for dead letters, the list of who is alive, and whom
/// to tell of an end. Any thread, except for the setters: those are called before the first process is spawned.
class services {
public:
  using end_function = std::function<void(const std::string& label, const caf::error& reason)>;

  /// How many dead letters are kept to look at; all are counted.
  static constexpr std::size_t samples_max = 32;

  services() = default;
  services(const services&) = delete;
  services& operator=(const services&) = delete;

  /// The timers and the time of processes without a home, which every system with such a process needs; see also
  /// system_config::use_timer_thread. `source` outlives the actor system.
  void use_timers(timer_source& source) noexcept { timers_ = &source; }

  /// Hears of the end of every process, on that process's thread: take it and return.
  void use_end_hook(end_function hook) { end_hook_ = std::move(hook); }

  /// What use_timers was given; asking before is a programmer error.
  [[nodiscard]] timer_source& timers() const;

  [[nodiscard]] std::uint64_t dead_letters() const noexcept { return dead_letters_.load(std::memory_order_relaxed); }

  /// The latest dead letters, oldest first; one in a thousand once there are many.
  [[nodiscard]] std::vector<dead_letter> dead_letter_samples() const;

  [[nodiscard]] std::vector<live_process> live() const;
  [[nodiscard]] std::size_t live_count() const;

private:
  friend class process_base;

  /// Counts one more; whether it is to be kept as a sample.
  bool count_dead_letter() noexcept;
  void keep_sample(dead_letter sample);

  void enter(process_base& begun);
  void leave(process_base& ended) noexcept;
  void tell_end(const std::string& label, const caf::error& reason) const noexcept;

  timer_source* timers_ = nullptr;
  end_function end_hook_;
  std::atomic<std::uint64_t> dead_letters_{0};
  mutable std::mutex mutex_; // guards what follows, and the links of the processes in the list
  std::vector<dead_letter> samples_;
  std::size_t oldest_sample_ = 0;
  process_base* first_ = nullptr;
  std::size_t live_count_ = 0;
};

} // namespace cafnode::process
