#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/time.hpp"
#include "runtime/observe/log_line.hpp"
#include "runtime/observe/storm_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cafnode::observe {

/// `automatic` is text on a terminal and JSON lines otherwise.
enum class log_format : std::uint8_t { automatic, json, text };

struct log_options {
  const base::clock_source* time = nullptr; // must outlive the log
  log_identity identity;
  level least = level::info;
  log_format format = log_format::automatic;
  std::string file;             // appended to; empty: standard error
  std::size_t queue_max = 8192; // lines that wait to be written; beyond it the oldest are dropped and counted
  storm_limit_config storms;
  std::function<void(std::string_view line)> write; // instead of a file, for tests; called on the log's thread

  /// Hears, on the log's thread and once per minute at most, that lines begin to be lost because they cannot be
  /// written. Must not log. May be empty.
  std::function<void(const std::string& why)> on_failing;
};

/// Starts the log of this process: one thread writes, nobody who logs waits for it. The fault says why the file could
/// not be opened. Until then, and after stop_log(), lines go nowhere.
[[nodiscard]] base::result<bool, std::string> start_log(const log_options& options);

/// Opens the file of the log again, for whoever has renamed it; nothing when it has none. On a fault, which says why,
/// the log goes on with the file that it has. Any thread.
[[nodiscard]] base::result<bool, std::string> reopen_log();

/// Writes what waits and ends the thread. For somebody who does not read his end of a pipe it waits a second, then the
/// rest is lost. Any thread, any time.
void stop_log();

/// The least level that is written from here on. Any thread.
void set_log_level(level least) noexcept;
[[nodiscard]] level log_level() noexcept;

/// Lines lost since start_log() because the queue was full; each loss is also reported in the log itself.
[[nodiscard]] std::uint64_t log_lines_dropped() noexcept;

/// Lines lost since start_log() because they could not be written, on a full disk for example. When there is room
/// again, the first line of the log says how many they were.
[[nodiscard]] std::uint64_t log_lines_unwritten() noexcept;

/// The log of one folder: `inline const observe::channel log{"net"};`. Any thread.
///
///   log.info("link is open", {kv("host", host), kv("took_ms", took)});
///
/// error: someone must act; warn: we healed it; info: a state changed; debug: the flow of frames. A message is a
/// constant; what varies goes into the fields. The same message too often is held back, and the next line says how many
/// were.
class channel {
public:
  explicit constexpr channel(std::string_view name) noexcept : name_{name} {}

  /// Whether a line of this level would be written, to spare the work of making its fields.
  [[nodiscard]] static bool enabled(level severity) noexcept { return severity >= log_level(); }

  void write(level severity, std::string_view message, field_list fields) const;

  void trace(std::string_view message, std::initializer_list<field> fields = {}) const {
    put(level::trace, message, fields);
  }

  void debug(std::string_view message, std::initializer_list<field> fields = {}) const {
    put(level::debug, message, fields);
  }

  void info(std::string_view message, std::initializer_list<field> fields = {}) const {
    put(level::info, message, fields);
  }

  void warn(std::string_view message, std::initializer_list<field> fields = {}) const {
    put(level::warn, message, fields);
  }

  void error(std::string_view message, std::initializer_list<field> fields = {}) const {
    put(level::error, message, fields);
  }

private:
  void put(level severity, std::string_view message, std::initializer_list<field> fields) const {
    if (enabled(severity))
      write(severity, message, fields);
  }

  std::string_view name_;
};

} // namespace cafnode::observe
