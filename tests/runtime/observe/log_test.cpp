#include "runtime/observe/log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace cafnode::observe;
namespace base = cafnode::base;

namespace {

const channel log_here{"test"};

class still_clock final : public base::clock_source {
public:
  [[nodiscard]] base::moment now() const override { return {}; }
};

/// Takes the lines of a log, and can make its thread wait.
class catcher {
public:
  explicit catcher(log_options options = {}) {
    options.time = &clock_;
    options.write = [this](std::string_view line) { take(line); };
    REQUIRE(start_log(options).has_value());
  }

  catcher(const catcher&) = delete;
  catcher& operator=(const catcher&) = delete;

  ~catcher() {
    open_gate();
    stop_log();
  }

  /// Ends the log and gives all that it wrote.
  std::vector<std::string> finish() {
    open_gate();
    stop_log();
    const std::lock_guard lock{mutex_};
    return lines_;
  }

  /// From here on the log's thread waits at its next line; returns once it does.
  void shut_gate() {
    std::unique_lock lock{mutex_};
    gate_shut_ = true;
    lock.unlock();
    log_here.error("at the gate");
    lock.lock();
    changed_.wait(lock, [this] { return waiting_; });
  }

  void open_gate() {
    const std::lock_guard lock{mutex_};
    gate_shut_ = false;
    changed_.notify_all();
  }

private:
  void take(std::string_view line) {
    std::unique_lock lock{mutex_};
    lines_.emplace_back(line);
    waiting_ = gate_shut_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !gate_shut_; });
  }

  still_clock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  bool gate_shut_ = false;
  bool waiting_ = false;
};

std::size_t count_with(const std::vector<std::string>& lines, std::string_view part) {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const auto& line) { return line.find(part) != std::string::npos; }));
}

} // namespace

SCENARIO("away from a terminal each line is one JSON object") {
  log_options options;
  options.identity = {"n1", "tokyo"};
  catcher caught{options};
  log_here.info("hello", {kv("took_ms", 12)});
  const auto lines = caught.finish();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == R"({"ts":"1970-01-01T00:00:00.000000Z","level":"info","msg":"hello","node":"n1","region":"tokyo",)"
                    R"("channel":"test","took_ms":12})");
}

SCENARIO("the level can change while the log runs") {
  catcher caught;
  log_here.debug("one");
  set_log_level(level::debug);
  CHECK(channel::enabled(level::debug));
  log_here.debug("two");
  set_log_level(level::off);
  log_here.error("three");
  const auto lines = caught.finish();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("\"two\"") != std::string::npos);
}

SCENARIO("a queue that is full drops the oldest lines, counts them, and says so") {
  log_options options;
  options.queue_max = 16;
  options.storms.each = {1'000'000, 1};
  catcher caught{options};
  caught.shut_gate();
  for (int i = 0; i < 100; ++i)
    log_here.info("flood", {kv("i", i)});
  const auto dropped = log_lines_dropped();
  CHECK(dropped >= 80);
  const auto lines = caught.finish();
  CHECK(count_with(lines, "flood") <= 16);
  CHECK(count_with(lines, "\"i\":99") == 1);
  CHECK(count_with(lines, "log lines were dropped") >= 1);
}

SCENARIO("a storm of one message is held back, and others pass") {
  log_options options;
  options.storms.each = {5, 1};
  catcher caught{options};
  for (int i = 0; i < 1000; ++i)
    log_here.warn("reconnecting", {kv("i", i)});
  log_here.warn("something else");
  const auto lines = caught.finish();
  CHECK(count_with(lines, "reconnecting") == 5);
  CHECK(count_with(lines, "something else") == 1);
}

SCENARIO("many threads may log at once, and no line is lost or mixed") {
  log_options options;
  options.queue_max = 10'000;
  options.storms.each = {1'000'000, 1};
  catcher caught{options};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([t] {
        for (int i = 0; i < 500; ++i)
          log_here.info("line", {kv("t", t), kv("i", i)});
      });
  }
  const auto lines = caught.finish();
  CHECK(lines.size() == 2000);
  CHECK(count_with(lines, "\"channel\":\"test\",\"t\":") == 2000);
}

SCENARIO("without a log lines go nowhere, and stopping twice is harmless") {
  stop_log();
  log_here.error("nobody hears");
  stop_log();
  CHECK(log_lines_dropped() == 0);
}

SCENARIO("a log file is appended to, and one that cannot be opened is a clear fault") {
  const auto path = (std::filesystem::temp_directory_path() / ("cafnode_log_" + std::to_string(::getpid()))).string();
  std::ofstream{path} << "before\n";
  still_clock clock;
  log_options options;
  options.time = &clock;
  options.file = path;
  REQUIRE(start_log(options).has_value());
  log_here.info("in the file");
  stop_log();
  std::ifstream in{path};
  std::string first;
  std::string second;
  std::getline(in, first);
  std::getline(in, second);
  CHECK(first == "before");
  CHECK(second.find("\"msg\":\"in the file\"") != std::string::npos);
  std::filesystem::remove(path);
  options.file = "/nonexistent/folder/log";
  const auto failed = start_log(options);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.fault().find("/nonexistent/folder/log cannot be opened") != std::string::npos);
}
