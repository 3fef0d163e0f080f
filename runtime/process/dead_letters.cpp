#include "runtime/process/dead_letters.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::process {

namespace {

constexpr std::uint64_t sample_every = 1000;

std::size_t index_of(dead_letter_kind kind) noexcept {
  return static_cast<std::size_t>(kind);
}

} // namespace

std::string_view to_string(dead_letter_kind kind) noexcept {
  switch (kind) {
  case dead_letter_kind::unexpected:
    return "unexpected";
  case dead_letter_kind::error_answer:
    return "error_answer";
  case dead_letter_kind::fenced:
    return "fenced";
  case dead_letter_kind::overflow:
    return "overflow";
  case dead_letter_kind::closed_mailbox:
    return "closed_mailbox";
  }
  return "unknown";
}

bool dead_letter_box::count(dead_letter_kind kind) noexcept {
  const auto before = counts_[index_of(kind)].fetch_add(1, std::memory_order_relaxed);
  return before < samples_max || before % sample_every == 0;
}

void dead_letter_box::keep(dead_letter sample) {
  const std::lock_guard guard{mutex_};
  auto& place = shelves_[index_of(sample.kind)];
  numbered next{++last_number_, std::move(sample)};
  if (place.samples.size() < samples_max) {
    place.samples.push_back(std::move(next));
    return;
  }
  place.samples[place.oldest] = std::move(next);
  place.oldest = (place.oldest + 1) % samples_max;
}

std::uint64_t dead_letter_box::count_of(dead_letter_kind kind) const noexcept {
  return counts_[index_of(kind)].load(std::memory_order_relaxed);
}

std::uint64_t dead_letter_box::total() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& each : counts_)
    sum += each.load(std::memory_order_relaxed);
  return sum;
}

dead_letter_report dead_letter_box::report() const {
  dead_letter_report found;
  for (std::size_t kind = 0; kind < dead_letter_kinds; ++kind)
    found.counts[kind] = counts_[kind].load(std::memory_order_relaxed);
  std::vector<numbered> all;
  {
    const std::lock_guard guard{mutex_};
    for (const auto& place : shelves_)
      all.insert(all.end(), place.samples.begin(), place.samples.end());
  }
  std::sort(all.begin(), all.end(), [](const auto& one, const auto& other) { return one.number < other.number; });
  found.samples.reserve(all.size());
  for (auto& each : all)
    found.samples.push_back(std::move(each.letter));
  return found;
}

} // namespace cafnode::process
