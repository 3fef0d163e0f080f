#pragma once

#include "runtime/base/time.hpp"

#include <condition_variable>
#include <mutex>

namespace cafnode::node {

/// What the main thread is told to do.
enum class news {
  reload,    // read the configuration again, and open the log again
  asked,     // end: somebody asked
  tree_gone, // end: there is nothing left to run
};

/// Lets the main thread wait for what signals and processes have to say; they only ring, so that nothing of the node is
/// touched by two threads. Any thread.
class ending_bell {
public:
  /// So long after it was told to end, who tells it again means it. Sooner it is the same wish over two ways:
  /// timeout(1) and wrappers that forward signals send one to the program and one to its group.
  static constexpr std::chrono::milliseconds echo{500};

  /// True when it was told to end `echo` or longer before `at`, and has not been silenced. A reload that waits already
  /// is not told twice.
  bool ring(news what, base::time_point at) {
    const std::lock_guard guard{mutex_};
    const bool again = ends_ && !silent_ && at - ended_ >= echo;
    if (what == news::reload) {
      reload_ = true;
    } else if (!ends_) {
      ends_ = true;
      why_ = what;
      ended_ = at;
    }
    rang_.notify_all();
    return again;
  }

  /// The next news; an end goes before a reload.
  news wait() {
    std::unique_lock guard{mutex_};
    rang_.wait(guard, [this] { return ends_ || reload_; });
    if (ends_)
      return why_;
    reload_ = false;
    return news::reload;
  }

  /// The end is all but over: nobody needs to hurry it any more.
  void silence() {
    const std::lock_guard guard{mutex_};
    silent_ = true;
  }

private:
  std::mutex mutex_;
  std::condition_variable rang_;
  bool reload_ = false;
  bool ends_ = false;
  bool silent_ = false;
  base::time_point ended_; // when it was told to end
  news why_ = news::asked;
};

} // namespace cafnode::node
