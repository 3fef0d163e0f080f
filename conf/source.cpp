#include "conf/document.hpp"
#include "conf/scalar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

namespace cafnode::conf {

namespace {

// Parts of words: a mistyped `client_secrt` must be masked as well. Below `auth` there may be one behind any key, and
// before the '@' of an address.
constexpr std::array<std::string_view, 10> secret_words{"secr",   "passw",   "pwd",         "token", "_key",
                                                        "apikey", "api-key", "credential:", "auth:", "@"};

std::size_t indent_of(std::string_view line) noexcept {
  const auto end = line.find_first_not_of(" -");
  return end == std::string_view::npos ? line.size() : end;
}

bool is_blank(std::string_view line) noexcept {
  const auto first = line.find_first_not_of(" \t");
  return first == std::string_view::npos || line[first] == '#';
}

bool sounds_secret(std::string_view line) {
  std::string lower{line};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(secret_words.begin(), secret_words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// Keeps the first `count` bytes; what follows them goes.
std::string masked(std::string_view line, std::size_t count) {
  return std::string{line.substr(0, count)} + "********";
}

/// Keeps the key; a line without one goes whole, and so does one whose key may have swallowed the value.
std::string masked_value(std::string_view line) {
  const auto colon = line.find(": ");
  const auto key = line.substr(0, colon);
  const bool is_key = colon != std::string_view::npos && key_part(key) == key;
  return masked(line, is_key ? colon + 2 : indent_of(line));
}

} // namespace

source::source(std::string name, std::string text) : name_{std::move(name)}, text_{std::move(text)} {
  starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n')
      starts_.push_back(i + 1);
}

std::string_view source::line(std::uint32_t number) const noexcept {
  if (number == 0 || number > starts_.size())
    return {};
  const auto from = starts_[number - 1];
  const auto to = number < starts_.size() ? starts_[number] - 1 : text_.size();
  auto found = std::string_view{text_}.substr(from, to - from);
  if (!found.empty() && found.back() == '\r')
    found.remove_suffix(1);
  return found;
}

std::string_view source::from(position at) const noexcept {
  if (at.line == 0 || at.column == 0 || at.line > starts_.size())
    return {};
  return std::string_view{text_}.substr(std::min(text_.size(), starts_[at.line - 1] + at.column - 1));
}

std::string source::excerpt(std::uint32_t number) const {
  constexpr std::uint32_t look_back = 64;
  const auto shown = line(number);
  if (sounds_secret(shown))
    return masked_value(shown);
  // A secret may stand below its key: the nearest lines that are indented less are the keys above this one.
  auto indent = indent_of(shown);
  for (auto above = number; above > 1 && number - above < look_back && indent > 0;) {
    const auto candidate = line(--above);
    if (is_blank(candidate) || indent_of(candidate) >= indent)
      continue;
    if (sounds_secret(candidate))
      return masked(shown, indent_of(shown));
    indent = indent_of(candidate);
  }
  return std::string{shown};
}

void fault_sink::add(fault_code code, position at, std::string path, std::string message, std::string hint,
                     severity level) {
  if (full())
    return;
  if (faults_.size() == faults_max) {
    code = fault_code::too_many_faults;
    level = severity::error;
    message = "there are more faults than are shown";
    hint = "mend these first";
    path.clear();
  }
  constexpr std::size_t path_bytes_max = 256;
  path = printable(path, path_bytes_max);
  auto excerpt = from_->excerpt(at.line);
  // The caret must not tell how long a masked value is.
  const auto width = excerpt == from_->line(at.line) ? at.width : 8U;
  faults_.push_back({code, level, from_->name(), at.line, at.column, std::move(path), std::move(message),
                     std::move(hint), std::move(excerpt), width});
}

bool fault_sink::has(std::string_view path) const noexcept {
  const auto inside = [&](const std::string& broken) {
    return path.starts_with(broken) && (path.size() == broken.size() || path[broken.size()] == '.');
  };
  return std::any_of(faults_.begin(), faults_.end(), [&](const fault& f) { return f.path == path; }) ||
         std::any_of(broken_.begin(), broken_.end(), inside);
}

std::vector<fault> fault_sink::take() {
  std::stable_sort(faults_.begin(), faults_.end(), [](const fault& left, const fault& right) {
    const auto last = [](const fault& f) { return f.code == fault_code::too_many_faults; };
    return std::tuple{last(left), left.line, left.column} < std::tuple{last(right), right.line, right.column};
  });
  return std::move(faults_);
}

} // namespace cafnode::conf
