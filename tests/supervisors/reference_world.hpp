#pragma once

#include "apps/trace/script.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::test {

class reference_supervisor;

/// How a process of the model ends, in the words of a trace.
using reference_reason = std::string;

/// A process of the model: it runs until it ends, once.
struct reference_process {
  std::string id;
  int incarnation = 0;
  bool alive = true;
  bool stubborn = false;
  reference_supervisor* supervisor = nullptr;                                // null: a worker
  std::vector<std::function<void(const reference_reason& reason)>> watchers; // each is told of its end, once
};

using reference_pid = std::shared_ptr<reference_process>;

/// What the processes of the model share: time, whose turn it is, what happened, and what is to fail next.
class reference_world {
public:
  using work = std::function<void()>;

  reference_world() = default;
  reference_world(const reference_world&) = delete;
  reference_world& operator=(const reference_world&) = delete;
  ~reference_world();

  /// `todo` is done after what is due already.
  void post(work todo) { ready_.push_back(std::move(todo)); }

  void after(std::int64_t ms, work todo) { timers_.emplace(now_ms_ + ms, std::move(todo)); }

  /// Until nothing is due.
  void run();
  /// Lets time pass; what falls due is done at its own time.
  void pass(std::int64_t ms);
  /// To the next time at which something falls due. False when nothing ever does.
  bool pass_to_next();

  [[nodiscard]] std::int64_t now_ms() const noexcept { return now_ms_; }

  /// A process that begins now, written down as `what`, "start" or "sup_start".
  reference_pid begin(const std::string& what, const std::string& id);
  /// Ends `who`, written down as `what`, and tells its watchers. Nothing when it has ended.
  void end(const reference_pid& who, const reference_reason& reason);

  enum class next_start { fails, ignored, works };
  /// What the script wants of the next start of `id`; written down unless it works.
  next_start take_start(const std::string& id);

  void write(const std::string& fields);

  /// The process that runs under `id`, or null.
  [[nodiscard]] reference_pid find(const std::string& id) const;

  /// Whether `id` has ever run.
  [[nodiscard]] bool known(const std::string& id) const { return incarnations_.contains(id); }

  /// Keeps `what` for as long as this world.
  void keep(std::shared_ptr<void> what) { kept_.push_back(std::move(what)); }

  std::map<std::string, std::int64_t> failing;
  std::map<std::string, std::int64_t> ignoring;
  std::vector<std::string> lines;

private:
  std::vector<std::shared_ptr<void>> kept_;
  std::int64_t now_ms_ = 0;
  std::deque<work> ready_;
  std::multimap<std::int64_t, work> timers_;
  std::map<std::string, int> incarnations_;
  std::map<std::string, reference_pid> alive_;
};

} // namespace cafnode::test
