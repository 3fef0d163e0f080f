#pragma once

#include "runtime/base/invariant.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace cafnode::base {

/// A queue in one block of memory: nothing is allocated while it is empty, and what was allocated is used again.
/// Bounded by its user.
template<class T>
class fifo {
public:
  [[nodiscard]] bool empty() const noexcept { return first_ == items_.size(); }

  [[nodiscard]] std::size_t size() const noexcept { return items_.size() - first_; }

  /// The item `at` places behind the first.
  [[nodiscard]] T& operator[](std::size_t at) noexcept { return items_[first_ + at]; }

  void push(T item) { items_.push_back(std::move(item)); }

  T pop() { return take(0); }

  /// Takes out the item `at` places behind the first; O(at).
  T take(std::size_t at) {
    CAFNODE_INVARIANT(at < size(), "an item that is not in the queue");
    auto item = std::move(items_[first_ + at]);
    for (auto place = first_ + at; place > first_; --place)
      items_[place] = std::move(items_[place - 1]);
    ++first_;
    if (first_ == items_.size())
      clear();
    else if (first_ >= compact_at && first_ * 2 > items_.size())
      compact();
    return item;
  }

  void clear() noexcept {
    items_.clear();
    first_ = 0;
    if (items_.capacity() > capacity_kept)
      items_.shrink_to_fit();
  }

private:
  static constexpr std::size_t compact_at = 64;
  static constexpr std::size_t capacity_kept = 1024;

  void compact() {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  std::vector<T> items_;
  std::size_t first_ = 0; // those before it were taken
};

} // namespace cafnode::base
