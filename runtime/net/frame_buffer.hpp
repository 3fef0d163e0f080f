#pragma once

#include "runtime/net/ws_link.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>

namespace cafnode::net {

/// Gives each block `frame_padding` bytes more than asked for, so that a parser may read past the end of a frame.
template<class T>
struct padded_allocator {
  using value_type = T;

  padded_allocator() = default;

  template<class Other>
  padded_allocator(const padded_allocator<Other>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T) + frame_padding));
  }

  void deallocate(T* block, std::size_t count) noexcept {
    ::explicit_bzero(block, count * sizeof(T));
    ::operator delete(block);
  }

  friend bool operator==(const padded_allocator&, const padded_allocator&) noexcept { return true; }
};

/// Holds one message at a time, and nothing of those before it: an answer to a login holds tokens.
class frame_buffer {
public:
  using storage = boost::beast::basic_flat_buffer<padded_allocator<char>>;

  /// What a buffer may keep between messages, so that an idle link is small.
  static constexpr std::size_t kept_bytes_max = 4096;

  [[nodiscard]] std::string_view view() const noexcept {
    static constexpr char nothing[frame_padding] = {};
    if (bytes_.size() == 0)
      return {nothing, 0};
    return {static_cast<const char*>(bytes_.cdata().data()), bytes_.size()};
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return bytes_.capacity(); }

  /// Where Beast appends.
  [[nodiscard]] storage& to_fill() noexcept { return bytes_; }

  void clear() {
    if (bytes_.size() > 0)
      ::explicit_bzero(bytes_.data().data(), bytes_.size());
    bytes_.clear();
    if (bytes_.capacity() > kept_bytes_max)
      bytes_.shrink_to_fit();
  }

private:
  storage bytes_;
};

} // namespace cafnode::net
