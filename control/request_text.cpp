#include "control/request_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cafnode::control {

namespace {

struct rule {
  std::size_t most;
  std::string_view marks; // beside letters and digits
  std::string_view says;
};

constexpr std::array rules{
    rule{64, "-", "letters, digits and '-'"},
    rule{64, "_-.", "letters, digits, '_', '-' and '.'"},
    rule{64, "._-:", "letters, digits, '.', '_', '-' and ':'"},
    rule{1024, " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "printable ASCII characters"},
    rule{64, "_-", "letters, digits, '_' and '-'"},
};

constexpr std::size_t shown_max = 80;

bool is_alphanumeric(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
}

} // namespace

std::optional<std::string> why_not(text_kind kind, std::string_view text) {
  const rule& holds = rules[static_cast<std::size_t>(kind)];
  const bool fits = text.size() <= holds.most && std::all_of(text.begin(), text.end(), [&holds](char letter) {
                      return is_alphanumeric(letter) || holds.marks.find(letter) != std::string_view::npos;
                    });
  return fits ? std::nullopt : std::optional{fmt::format("is not at most {} {}", holds.most, holds.says)};
}

std::string shown(std::string_view text) {
  std::string out{text.substr(0, shown_max)};
  std::replace_if(
      out.begin(), out.end(), [](char letter) { return letter < ' ' || letter > '~'; }, '?');
  return text.size() > shown_max ? out + "..." : out;
}

} // namespace cafnode::control
