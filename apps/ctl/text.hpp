#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::ctl {

/// How text looks where it goes.
struct look {
  bool color = false;
  bool unicode = false;    // line drawing beyond ASCII
  std::size_t columns = 0; // of the terminal; 0: no limit
  bool wide = false;       // everything, however wide the terminal is
};

enum class tint : std::uint8_t { none, good, warn, bad, dim, bold };

/// `text` in a colour, where there are colours.
[[nodiscard]] std::string tinted(std::string_view text, tint with, const look& how);

/// Columns that a terminal uses for `text` (UTF-8).
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` cut to at most `columns`, the last of them an ellipsis where something was cut.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns, const look& how);

/// `text` in lines that end at the terminal's edge, each but the first behind `indent` spaces. Broken between words
/// only; without a newline at the end.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, const look& how);

/// `text` from outside without what could steer a terminal: control characters and broken UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string_view text);

/// "430ms", "12s", "3m 12s", "5h 3m", "12d 4h".
[[nodiscard]] std::string span_text(std::int64_t milliseconds);

/// "870us", "1.2ms", "14ms", "2.3s".
[[nodiscard]] std::string micro_text(std::int64_t microseconds);

/// A view that is drawn again and again in the same place, below what stood on the terminal before.
class live_view {
public:
  /// `text` as it is drawn over the frame before; cut to `rows` of the terminal (0: no limit), and then the last line
  /// says how much is missing.
  [[nodiscard]] std::string frame(std::string_view text, std::size_t rows);

  /// After the terminal has changed its size nobody knows where the frame before stands now: the next one clears the
  /// screen.
  void start_over() noexcept { clear_ = true; }

private:
  bool clear_ = false;
  std::size_t height_ = 0; // of the frame before, in lines
};

/// What the environment says about the terminal: NO_COLOR (any value that is not empty), TERM=dumb, LC_ALL, LC_CTYPE,
/// LANG. `is_terminal` is about standard output.
[[nodiscard]] look look_of_terminal(bool is_terminal, bool no_color_asked, std::size_t columns);

} // namespace cafnode::ctl
