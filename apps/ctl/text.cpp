#include "apps/ctl/text.hpp"

#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace cafnode::ctl {

namespace {

struct code_range {
  char32_t first, last;
};

// East Asian wide forms and emoji, as coarse as a table needs; and marks that stand over the character before them.
constexpr std::array wide{code_range{0x1100, 0x115F}, code_range{0x2E80, 0xA4CF},   code_range{0xAC00, 0xD7A3},
                          code_range{0xF900, 0xFAFF}, code_range{0xFE30, 0xFE6F},   code_range{0xFF00, 0xFF60},
                          code_range{0xFFE0, 0xFFE6}, code_range{0x1F300, 0x1FAFF}, code_range{0x20000, 0x3FFFD}};
constexpr std::array thin{code_range{0x0300, 0x036F}, code_range{0x200B, 0x200F}, code_range{0xFE00, 0xFE0F}};

template<std::size_t Count>
bool holds(const std::array<code_range, Count>& ranges, char32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [point](const code_range& range) { return point >= range.first && point <= range.last; });
}

char32_t code_point(std::string_view character) {
  if (character.size() == 1)
    return static_cast<unsigned char>(character[0]);
  char32_t point = static_cast<unsigned char>(character[0]) & (0x7FU >> character.size());
  for (const char each : character.substr(1))
    point = (point << 6U) | (static_cast<unsigned char>(each) & 0x3FU);
  return point;
}

std::size_t width_of(std::string_view character) {
  const char32_t point = code_point(character);
  if (holds(thin, point))
    return 0;
  return holds(wide, point) ? 2 : 1;
}

/// The first character of `text`; one byte where it is not UTF-8.
std::string_view first_character(std::string_view text) {
  return text.substr(0, std::max<std::size_t>(1, base::utf8_length(text)));
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

bool is_utf8_locale() {
  std::string_view locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (locale.empty())
      locale = environment(name);
  std::string folded;
  for (const char letter : locale)
    if (letter != '-')
      folded += static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
  return folded.find("utf8") != std::string::npos;
}

} // namespace

std::string tinted(std::string_view text, tint with, const look& how) {
  constexpr std::array<std::string_view, 6> codes{"", "32", "33", "31", "2", "1"};
  if (!how.color || with == tint::none)
    return std::string{text};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(with)], text);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    width += width_of(character);
    text.remove_prefix(character.size());
  }
  return width;
}

std::string fitted(std::string_view text, std::size_t columns, const look& how) {
  if (display_width(text) <= columns)
    return std::string{text};
  std::string kept;
  std::size_t width = 0;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    width += width_of(character);
    if (width + 1 > columns)
      break;
    kept += character;
    text.remove_prefix(character.size());
  }
  return columns == 0 ? std::string{} : kept + (how.unicode ? "…" : "~");
}

std::string wrapped(std::string_view text, std::size_t indent, const look& how) {
  constexpr std::size_t narrowest = 20; // of the text beside its indent
  const std::size_t room = how.columns == 0 ? 0 : std::max(how.columns, indent + narrowest);
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t start = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', start), text.size());
    const std::string_view gap = text.substr(0, start), word = text.substr(start, end - start);
    const std::size_t width = display_width(word);
    if (room > 0 && used > 0 && used + gap.size() + width > room) {
      out += "\n" + std::string(indent, ' ');
      used = indent;
    } else {
      out += gap;
      used += gap.size();
    }
    out += word;
    used += width;
    text.remove_prefix(end);
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = base::utf8_length(text);
    const std::string_view character = first_character(text);
    const char32_t point = length == 0 ? 0 : code_point(character);
    const bool steers = point < 0x20 || point == 0x7F || (length > 1 && base::steers_terminal(character));
    out += steers ? std::string_view{"?"} : character;
    text.remove_prefix(character.size());
  }
  return out;
}

std::string span_text(std::int64_t milliseconds) {
  const std::int64_t seconds = milliseconds / 1000;
  if (milliseconds < 1000)
    return fmt::format("{}ms", std::max<std::int64_t>(0, milliseconds));
  if (seconds < 60)
    return fmt::format("{}s", seconds);
  if (seconds < 3600)
    return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  if (seconds < 86'400)
    return fmt::format("{}h {}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d {}h", seconds / 86'400, seconds / 3600 % 24);
}

std::string micro_text(std::int64_t microseconds) {
  if (microseconds < 1000)
    return fmt::format("{}us", microseconds);
  if (microseconds < 10'000)
    return fmt::format("{}.{}ms", microseconds / 1000, microseconds / 100 % 10);
  if (microseconds < 1'000'000)
    return fmt::format("{}ms", microseconds / 1000);
  return fmt::format("{}.{}s", microseconds / 1'000'000, microseconds / 100'000 % 10);
}

std::string live_view::frame(std::string_view text, std::size_t rows) {
  // No wrapping while it is drawn: one line of text is one line of the terminal, so that the way back up is known.
  std::string out = "\x1b[?7l";
  if (std::exchange(clear_, false))
    out += "\x1b[H\x1b[2J";
  else if (height_ > 0)
    out += fmt::format("\x1b[{}A\r", height_);
  height_ = 0;
  auto left = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) +
              (text.empty() || text.ends_with('\n') ? 0 : 1);
  const std::size_t room = rows == 0 ? left : rows - 1; // the cursor stands below
  while (!text.empty() && height_ < room) {
    const auto end = std::min(text.find('\n'), text.size());
    const bool says_rest = height_ + 1 == room && left > 1;
    out += (says_rest ? fmt::format("({} more lines)", left) : std::string{text.substr(0, end)}) + "\x1b[K\n";
    text.remove_prefix(std::min(end + 1, text.size()));
    ++height_;
    --left;
  }
  return out + "\x1b[J\x1b[?7h";
}

look look_of_terminal(bool is_terminal, bool no_color_asked, std::size_t columns) {
  const bool plain = no_color_asked || !environment("NO_COLOR").empty() || environment("TERM") == "dumb";
  return {is_terminal && !plain, is_utf8_locale(), is_terminal ? columns : 0};
}

} // namespace cafnode::ctl
