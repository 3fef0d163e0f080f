#include "apps/ctl/words.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::ctl {

namespace {

constexpr std::size_t word_max = 64; // longer ones resemble nothing

/// A word is near when a third of it has to change, or when one of the two begins with the other.
bool is_near(std::string_view word, std::string_view known, std::size_t distance) {
  constexpr std::size_t beginning_min = 2;
  const bool begins =
      std::min(word.size(), known.size()) >= beginning_min && (word.starts_with(known) || known.starts_with(word));
  return begins || distance <= std::max<std::size_t>(1, (std::max(word.size(), known.size()) + 2) / 3);
}

} // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1), above(right.size() + 1), row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (left[i - 1] == right[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

std::vector<std::string> meant_by(std::string_view word, std::span<const std::string> known) {
  constexpr std::size_t meant_max = 3;
  std::vector<std::pair<std::size_t, std::string>> near;
  if (word.empty() || word.size() > word_max)
    return {};
  for (const std::string& each : known)
    if (const std::size_t distance = edit_distance(word, each); is_near(word, each, distance))
      near.emplace_back(distance, each);
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (auto& [distance, each] : near)
    if (out.size() < meant_max && std::find(out.begin(), out.end(), each) == out.end())
      out.push_back(std::move(each));
  return out;
}

std::string listed(std::span<const std::string> words) {
  std::string out;
  for (std::size_t place = 0; place < words.size(); ++place)
    out += (place == 0 ? "'" : place + 1 == words.size() ? " or '" : ", '") + words[place] + "'";
  return out;
}

} // namespace cafnode::ctl
