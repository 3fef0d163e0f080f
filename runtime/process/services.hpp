#pragma once

#include "runtime/process/dead_letters.hpp"
#include "runtime/process/name_registry.hpp"
#include "runtime/process/timer_source.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace cafnode::process {

class process_base;

/// A process that has begun and not ended.
struct live_process {
  std::string label;
  caf::actor handle;
};

/// What every process of one actor system finds: time, the place for dead letters, names, the list of who is alive, and
/// whom to tell of an end. Any thread, except for the setters: those are called before the first process is spawned.
class services {
public:
  using end_function = std::function<void(const std::string& label, const caf::error& reason)>;

  /// How many dead letters of each kind are kept to look at; all are counted.
  static constexpr std::size_t samples_max = dead_letter_box::samples_max;

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

  /// How many messages reached nobody, of all kinds.
  [[nodiscard]] std::uint64_t dead_letters() const noexcept { return dead_letters_.total(); }

  /// The latest dead letters, oldest first; of each kind one in a thousand once there are many.
  [[nodiscard]] std::vector<dead_letter> dead_letter_samples() const { return dead_letters_.report().samples; }

  /// The counts by kind and the samples, for whoever shows them.
  [[nodiscard]] dead_letter_report dead_letters_by_kind() const { return dead_letters_.report(); }

  /// Takes note of one more, for `receiver`, at the time of `clock`; null: the time of use_timers(), if there is one.
  void bury(dead_letter_kind kind, const std::string& receiver, const caf::type_erased_tuple& content,
            const base::clock_source* clock);

  /// The names of this system's actors.
  [[nodiscard]] name_registry& names() noexcept { return names_; }

  [[nodiscard]] std::vector<live_process> live() const;
  [[nodiscard]] std::size_t live_count() const;

private:
  friend class process_base;

  void enter(process_base& begun);
  void leave(process_base& ended) noexcept;
  void tell_end(const std::string& label, const caf::error& reason) const noexcept;

  timer_source* timers_ = nullptr;
  end_function end_hook_;
  dead_letter_box dead_letters_;
  name_registry names_;
  mutable std::mutex mutex_; // guards what follows, and the links of the processes in the list
  process_base* first_ = nullptr;
  std::size_t live_count_ = 0;
};

} // namespace cafnode::process
