#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

namespace cafnode::base {

/// Overwrites each block before it is given back, so that memory which moved or went leaves no copy of a secret behind.
template<class T>
struct wiping_allocator {
  using value_type = T;

  wiping_allocator() = default;

  template<class Other>
  wiping_allocator(const wiping_allocator<Other>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }

  void deallocate(T* block, std::size_t count) noexcept {
    ::explicit_bzero(block, count * sizeof(T));
    std::allocator<T>{}.deallocate(block, count);
  }

  friend bool operator==(const wiping_allocator&, const wiping_allocator&) noexcept { return true; }
};

/// A text that frames are written into or wait in. Beyond a few bytes it lies in memory that is wiped.
using wiped_text = std::basic_string<char, std::char_traits<char>, wiping_allocator<char>>;

} // namespace cafnode::base
