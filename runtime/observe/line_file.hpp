#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/time.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cafnode::observe {

/// What a line_file needs of whoever writes to it.
struct line_file_duties {
  const base::clock_source* time = nullptr; // outlives it

  /// The line, without its end, that tells of `count` lines that were lost, and why.
  std::function<std::string(std::uint64_t count, const std::string& why)> loss_line;

  /// Called when lines begin to be lost, at most once per minute; on the thread that writes. May be empty.
  std::function<void(const std::string& why)> on_failing;
};

/// Opens a file for a line_file: made if it is not there, appended to, and never waited for: a named pipe that nobody
/// reads is a fault. What a program that was killed left of a line is ended, so that the next line stands alone. The
/// fault says why it cannot be opened.
[[nodiscard]] base::result<int, std::string> open_line_file(const std::string& path);

/// Writes whole lines to a descriptor: a file, a terminal, a pipe. A line that cannot be written, on a full disk for
/// example, is lost and counted, and nothing of it stays; when there is room again, the first line there says how many
/// were lost. One thread writes; the rest is for any thread.
class line_file {
public:
  /// `owned`: closed at the end.
  line_file(int file, bool owned, line_file_duties duties);
  ~line_file();
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  void write(std::string_view line);

  /// From the next line on `file`, which is owned, takes the place of the one before.
  void replace(int file) noexcept;

  /// The end is near: for somebody who does not read his pipe it waits a second more, in all.
  void hurry() noexcept { hurries_.store(true, std::memory_order_relaxed); }

  /// Lines that were lost because they could not be written.
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

private:
  void take_replacement();
  void look_at_file();
  void lose(int error);
  [[nodiscard]] bool tell_losses();
  [[nodiscard]] bool put(std::string_view line);
  [[nodiscard]] std::string_view write_what_fits(std::string_view text);
  [[nodiscard]] bool wait_for_room();
  [[nodiscard]] bool take_back(std::size_t bytes);

  int file_;
  bool owned_;
  bool is_regular_ = false;
  line_file_duties duties_;
  std::string text_;
  std::string torn_;               // the rest of a line that begins in the file and could not be taken back
  std::uint64_t unreported_ = 0;   // losses that the file does not tell of yet
  std::string why_;                // of the latest loss
  bool has_reported_ = false;      // on_failing
  base::time_point reported_at_{}; // the last time
  int waits_left_;                 // once it hurries
  std::atomic<bool> hurries_{false};
  std::atomic<int> replacement_{-1};
  std::atomic<std::uint64_t> lost_{0};
};

} // namespace cafnode::observe
