#include "runtime/observe/log.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/observe/line_file.hpp"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <unistd.h>

namespace cafnode::observe {

namespace {

/// Hands lines to a file or to a test; runs on spdlog's thread.
class line_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  line_sink(std::unique_ptr<line_file> file, std::function<void(std::string_view)> write)
      : file_{std::move(file)}, write_{std::move(write)} {}

  [[nodiscard]] line_file& file() noexcept { return *file_; }

private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view line{message.payload.data(), message.payload.size()};
    if (write_)
      write_(line);
    else
      file_->write(line);
  }

  void flush_() override {}

  std::unique_ptr<line_file> file_;
  std::function<void(std::string_view)> write_;
};

/// How records become lines.
struct line_style {
  log_identity identity;
  bool json = false;
  bool colour = false;

  [[nodiscard]] std::string operator()(const log_record& record) const {
    return json ? render_json(record, identity) : render_text(record, colour);
  }
};

/// The running log.
class log_core {
public:
  log_core(const log_options& options, std::shared_ptr<line_sink> sink, line_style style)
      : time_{options.time},
        path_{options.file},
        style_{std::move(style)},
        storms_{options.storms},
        sink_{std::move(sink)},
        pool_{std::make_shared<spdlog::details::thread_pool>(options.queue_max, 1)},
        logger_{std::make_shared<spdlog::async_logger>("caf-node", sink_, pool_,
                                                       spdlog::async_overflow_policy::overrun_oldest)} {
    logger_->set_level(spdlog::level::trace);
    logger_->set_error_handler([](const std::string&) {}); // it would print to standard error by itself
  }

  log_core(const log_core&) = delete;
  log_core& operator=(const log_core&) = delete;

  /// Ends the thread, which writes what waits, before the sink that it writes to may go.
  ~log_core() {
    sink_->file().hurry();
    pool_.reset();
  }

  void write(level severity, std::string_view channel, std::string_view message, field_list fields) {
    const auto now = time_->now();
    const auto held_back = pass(channel, message, now.steady);
    if (!held_back)
      return;
    if (*held_back > 0)
      fields.push_back(kv("suppressed", *held_back));
    report_drops(now);
    put({now.wall, severity, channel, message, std::move(fields)});
  }

  [[nodiscard]] std::uint64_t dropped() const { return pool_->overrun_counter(); }

  [[nodiscard]] std::uint64_t unwritten() const { return sink_->file().lost(); }

  base::result<bool, std::string> reopen() {
    if (path_.empty())
      return true;
    const auto file = open_line_file(path_);
    if (!file)
      return base::failure{fmt::format("log file {} cannot be opened: {}", path_, file.fault())};
    sink_->file().replace(file.value());
    return true;
  }

  /// The last word, when all that waited has been written.
  void finish() { report_drops(time_->now()); }

private:
  std::optional<std::uint64_t> pass(std::string_view channel, std::string_view message, base::time_point now) {
    const std::lock_guard lock{mutex_};
    key_.assign(channel);
    key_ += ':';
    key_ += message;
    return storms_.pass(key_, now);
  }

  void report_drops(const base::moment& now) {
    const auto total = dropped();
    const auto before = reported_.exchange(total);
    if (total > before)
      put({now.wall,
           level::warn,
           "observe",
           "log lines were dropped",
           {kv("count", total - before), kv("total", total)}});
  }

  void put(const log_record& record) { logger_->log(spdlog::level::info, style_(record)); }

  const base::clock_source* time_;
  std::string path_; // empty: no file of ours
  line_style style_;
  std::mutex mutex_; // guards the two below
  storm_limit storms_;
  std::string key_;
  std::atomic<std::uint64_t> reported_{0};
  std::shared_ptr<line_sink> sink_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

std::atomic<level> least_level{level::off};

struct running_log {
  std::mutex mutex;
  std::shared_ptr<log_core> core;
};

/// Never destroyed: statics of other files may log while they go.
running_log& running() {
  static auto* const log = new running_log;
  return *log;
}

std::shared_ptr<log_core> current() {
  auto& log = running();
  const std::lock_guard lock{log.mutex};
  return log.core;
}

bool is_set(const char* name) {
  const auto* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool wants_colour() {
  const auto* terminal = std::getenv("TERM");
  return !is_set("NO_COLOR") && (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

std::function<std::string(std::uint64_t, const std::string&)> loss_line(const line_style& style,
                                                                        const base::clock_source* time) {
  return [style, time](std::uint64_t count, const std::string& why) {
    return style({time->now().wall,
                  level::error,
                  "observe",
                  "log lines were lost: they could not be written",
                  {kv("count", count), kv("err", why)}});
  };
}

} // namespace

base::result<bool, std::string> start_log(const log_options& options) {
  CAFNODE_INVARIANT(options.time != nullptr && options.queue_max > 0, "a log needs a clock and a queue");
  int file = STDERR_FILENO;
  if (!options.file.empty()) {
    const auto opened = open_line_file(options.file);
    if (!opened)
      return base::failure{fmt::format("log file {} cannot be opened: {}", options.file, opened.fault())};
    file = opened.value();
  }
  const bool terminal = options.file.empty() && !options.write && ::isatty(file) == 1;
  const bool json = options.format == log_format::json || (options.format == log_format::automatic && !terminal);
  const line_style style{options.identity, json, terminal && wants_colour()};
  try {
    auto lines =
        std::make_unique<line_file>(file, !options.file.empty(),
                                    line_file_duties{options.time, loss_line(style, options.time), options.on_failing});
    auto core =
        std::make_shared<log_core>(options, std::make_shared<line_sink>(std::move(lines), options.write), style);
    stop_log();
    auto& log = running();
    const std::lock_guard lock{log.mutex};
    log.core = std::move(core);
  } catch (const std::exception& error) { // spdlog's own, or no thread to be had
    return base::failure{fmt::format("the log cannot be started: {}", error.what())};
  }
  set_log_level(options.least);
  return true;
}

base::result<bool, std::string> reopen_log() {
  const auto core = current();
  return core ? core->reopen() : base::result<bool, std::string>{true};
}

void stop_log() {
  std::shared_ptr<log_core> last;
  {
    auto& log = running();
    const std::lock_guard lock{log.mutex};
    last = std::move(log.core);
  }
  set_log_level(level::off);
  if (last)
    last->finish();
}

void set_log_level(level least) noexcept {
  least_level.store(least, std::memory_order_relaxed);
}

level log_level() noexcept {
  return least_level.load(std::memory_order_relaxed);
}

std::uint64_t log_lines_dropped() noexcept {
  const auto core = current();
  return core ? core->dropped() : 0;
}

std::uint64_t log_lines_unwritten() noexcept {
  const auto core = current();
  return core ? core->unwritten() : 0;
}

void channel::write(level severity, std::string_view message, field_list fields) const {
  if (const auto core = current())
    core->write(severity, name_, message, std::move(fields));
}

} // namespace cafnode::observe
