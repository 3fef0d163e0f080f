#include "conf/excerpt.hpp"

#include "conf/scalar.hpp"
#include "conf/schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace cafnode::conf {

namespace {

constexpr std::string_view stars = "********";
constexpr std::string_view structure = "{}[], \t";
constexpr std::size_t shown_before = 400; // bytes of the line around the fault that are looked at
constexpr std::size_t shown_behind = 200;
constexpr std::size_t value_max = 24; // a longer one is no slip of the pen, and may be a secret in the wrong place

// Parts of words: a mistyped `client_secrt` holds a secret as well, and so may an address before its '@'.
constexpr std::array<std::string_view, 9> secret_words{"secr",   "passw",   "pwd",        "token", "_key",
                                                       "apikey", "api-key", "credential", "@"};

bool sounds_secret(std::string_view text) {
  std::string lower{text};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(secret_words.begin(), secret_words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool is_of_credentials(std::string_view path) {
  while (!path.empty()) {
    const auto segment = path.substr(0, path.find('.'));
    if (segment == "auth" || sounds_secret(segment))
      return true;
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
  }
  return false;
}

std::set<std::string_view> words_of_schema() {
  std::set<std::string_view> words{"apiVersion", "kind", "exchanges", "connections", "from", "path"};
  for (const auto& key : schema())
    for (auto rest = key.path; !rest.empty();) {
      const auto word = rest.substr(0, rest.find('.'));
      words.insert(word);
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
  return words;
}

/// The key of the schema that stands at `at` with its colon; empty: none does.
std::string_view key_at(std::string_view line, std::size_t at) {
  if (at > 0 && structure.find(line[at - 1]) == std::string_view::npos)
    return {};
  const auto colon = line.find(':', at);
  if (colon == std::string_view::npos || (colon + 1 < line.size() && line[colon + 1] != ' ') ||
      !is_schema_word(line.substr(at, colon - at)))
    return {};
  return line.substr(at, colon + 1 - at);
}

/// Copies a line from left to right, and masks of it what is neither structure nor a key.
class masked_line {
public:
  explicit masked_line(std::string_view line) : line_{line} {}

  /// Up to `end`, from where it stands.
  void copy_masked(std::size_t from, std::size_t end) {
    while (from < end) {
      const auto key = key_at(line_, from);
      const bool is_mark = line_.substr(from, 2) == "- " && line_.find_first_not_of(" \t-") > from;
      if (!key.empty() && from + key.size() <= end) {
        out_ += key;
        from += key.size();
      } else if (is_mark || structure.find(line_[from]) != std::string_view::npos)
        out_ += line_[from++];
      else
        from = mask(from, end);
    }
  }

  void copy(std::string_view text) { out_ += text; }

  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }

  [[nodiscard]] bool ends_masked() const { return out_.ends_with(stars); }

  [[nodiscard]] std::string take() { return std::move(out_); }

private:
  /// Masks up to what parts values, or, in a comment, up to the end. Gives where it ended.
  std::size_t mask(std::size_t from, std::size_t end) {
    if (from == 0 || !ends_masked() || structure.find(line_[from - 1]) != std::string_view::npos)
      out_ += stars; // else it is the rest of a word that is masked already
    return line_[from] == '#' ? end : std::min(end, line_.find_first_of(structure, from));
  }

  std::string_view line_;
  std::string out_;
};

/// What of the line the fault is about, if it may be shown.
std::string_view told_part(const fault& about, std::string_view line, std::size_t start) {
  const auto part = line.substr(start, about.width);
  switch (about.code) {
  case fault_code::unknown_key:
  case fault_code::duplicate_key: {
    const auto key = key_part(part);
    return !key.empty() && about.path.ends_with(key) ? key : std::string_view{};
  }
  case fault_code::wrong_type:
  case fault_code::bad_value:
  case fault_code::out_of_range:
  case fault_code::not_unique:
  case fault_code::wrong_version:
  case fault_code::contradiction:
  case fault_code::insecure: {
    const auto end = start + part.size();
    const bool is_whole = end == line.size() || structure.find(line[end]) != std::string_view::npos;
    const bool is_value = is_whole && !part.empty() && structure.find(part.front()) == std::string_view::npos;
    const bool is_safe = part.size() <= value_max && !is_of_credentials(about.path) && !sounds_secret(part);
    return is_value && is_safe ? part : std::string_view{};
  }
  default:
    return {};
  }
}

} // namespace

bool is_schema_word(std::string_view word) {
  static const auto words = words_of_schema();
  return words.contains(word);
}

void add_excerpt(fault& about, const source& from) {
  const auto line = from.line(about.line);
  if (line.empty())
    return;
  const auto start = std::min<std::size_t>(about.column == 0 ? 0 : about.column - 1, line.size());
  const auto told = told_part(about, line, start);
  masked_line shown{line};
  shown.copy_masked(start > shown_before ? start - shown_before : 0, start);
  const bool inside_mask =
      told.empty() && shown.ends_masked() && start > 0 && structure.find(line[start - 1]) == std::string_view::npos;
  about.caret = static_cast<std::uint32_t>(inside_mask ? shown.size() - stars.size() + 1 : shown.size() + 1);
  shown.copy(told);
  auto next = start + told.size();
  if (!told.empty() && next < line.size() && line[next] == ':')
    shown.copy(line.substr(next++, 1));
  shown.copy_masked(next, std::min(line.size(), next + shown_behind));
  about.excerpt = shown.take();
  // The caret must not tell how long a masked value is.
  const bool at_mask = std::string_view{about.excerpt}.substr(about.caret - 1).starts_with(stars);
  about.width = !told.empty() ? static_cast<std::uint32_t>(told.size())
                : at_mask     ? static_cast<std::uint32_t>(stars.size())
                              : 1U;
}

} // namespace cafnode::conf
