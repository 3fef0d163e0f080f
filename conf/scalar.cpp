#include "conf/scalar.hpp"

#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

namespace cafnode::conf {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<unit, 4> time_units{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<unit, 4> size_units{{{"B", 1}, {"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}}};
constexpr std::size_t word_max = 64;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

template<class Number>
base::result<Number, std::string> read_number(std::string_view text) {
  const auto digits = !text.empty() && text.front() == '-' ? text.substr(1) : text;
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit))
    return base::failure{std::string{"is not a whole number"}};
  if (digits.size() > 1 && digits.front() == '0')
    return base::failure{std::string{"has a leading zero, which other readers take for octal"}};
  if (std::is_unsigned_v<Number> && text.front() == '-')
    return base::failure{std::string{"is negative"}};
  Number value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{})
    return base::failure{std::string{"is too large"}};
  return value;
}

/// A number directly followed by one of `units`; the result counts the smallest of them.
base::result<std::uint64_t, std::string> read_with_unit(std::string_view text, const std::array<unit, 4>& units,
                                                        std::string_view example) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const auto suffix = text.substr(digits.size());
  const auto found = std::find_if(units.begin(), units.end(), [&](const unit& u) { return u.name == suffix; });
  if (digits.empty() || found == units.end())
    return base::failure{fmt::format("is not a whole number with its unit, such as {}", example)};
  const auto count = read_number<std::uint64_t>(digits);
  if (!count)
    return base::failure{count.fault()};
  if (count.value() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / found->factor)
    return base::failure{std::string{"is too large"}};
  return count.value() * found->factor;
}

std::string write_with_unit(std::uint64_t count, const std::array<unit, 4>& units, std::string_view zero) {
  if (count == 0)
    return std::string{zero};
  const auto fits = [&](const unit& u) { return count % u.factor == 0; };
  const auto& best = *std::find_if(units.rbegin(), units.rend(), fits);
  return fmt::format("{}{}", count / best.factor, best.name);
}

/// Edits (insert, delete, change, swap neighbours) from one word to the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (from[i - 1] == to[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[to.size()];
}

} // namespace

base::result<std::int64_t, std::string> read_integer(std::string_view text) {
  return read_number<std::int64_t>(text);
}

base::result<std::uint64_t, std::string> read_unsigned(std::string_view text) {
  return read_number<std::uint64_t>(text);
}

base::result<bool, std::string> read_boolean(std::string_view text) {
  if (text == "true" || text == "false")
    return text == "true";
  return base::failure{std::string{"is neither true nor false"}};
}

base::result<std::chrono::milliseconds, std::string> read_duration(std::string_view text) {
  const auto count = read_with_unit(text, time_units, "250ms, 5s or 2m");
  if (!count)
    return base::failure{count.fault()};
  return std::chrono::milliseconds{static_cast<std::int64_t>(count.value())};
}

base::result<std::uint64_t, std::string> read_size(std::string_view text) {
  return read_with_unit(text, size_units, "64KiB or 4MiB");
}

std::string write_duration(std::chrono::milliseconds span) {
  return write_with_unit(static_cast<std::uint64_t>(span.count()), time_units, "0s");
}

std::string write_size(std::uint64_t bytes) {
  return write_with_unit(bytes, size_units, "0B");
}

bool is_name(std::string_view text) noexcept {
  const auto allowed = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; };
  // A dash in front would be a flag that lost its value: `--region --check-config`.
  return !text.empty() && text.size() <= 32 && text.front() != '-' && std::all_of(text.begin(), text.end(), allowed);
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty() && out.size() < most) {
    const auto length = std::max<std::size_t>(1, base::utf8_length(text));
    const auto lead = static_cast<unsigned char>(text.front());
    const bool control = lead < 0x20 || lead == 0x7f || (lead == 0xc2 && length == 2 && text[1] < '\xa0');
    if (control || base::utf8_length(text) == 0)
      out.append(length, '?'); // as many bytes as before, for the caret below
    else
      out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return text.empty() ? out : out + "...";
}

std::string_view key_part(std::string_view key) noexcept {
  return key.substr(0, key.find_first_of(":="));
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.size() > word_max)
    return {};
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const auto edits = distance(word, candidate);
    if (edits < least && edits < std::max(word.size(), candidate.size())) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

} // namespace cafnode::conf
