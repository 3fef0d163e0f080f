#pragma once

#include "runtime/base/invariant.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace cafnode::base {

/// What a full queue does with one more item.
enum class overflow_policy { refuse_new, drop_oldest };

/// A queue that never holds more than `capacity` items and counts what it could not keep.
template<class T>
class bounded_queue {
public:
  bounded_queue(std::size_t capacity, overflow_policy policy) : capacity_{capacity}, policy_{policy} {
    CAFNODE_INVARIANT(capacity > 0, "a queue without room");
  }

  /// Puts `item` at the end. False when it was refused; with drop_oldest the oldest item makes room.
  bool push(T item) {
    if (items_.size() == capacity_) {
      ++dropped_;
      if (policy_ == overflow_policy::refuse_new)
        return false;
      items_.pop_front();
    }
    items_.push_back(std::move(item));
    return true;
  }

  /// Takes the oldest item, if there is one.
  std::optional<T> pop() {
    if (items_.empty())
      return std::nullopt;
    std::optional<T> item{std::move(items_.front())};
    items_.pop_front();
    return item;
  }

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  [[nodiscard]] const std::deque<T>& items() const noexcept { return items_; }

private:
  std::size_t capacity_;
  overflow_policy policy_;
  std::deque<T> items_;
  std::uint64_t dropped_ = 0;
};

} // namespace cafnode::base
