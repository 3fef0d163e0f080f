#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace cafnode::supervision {

/// Finds small numbers by the texts they stand for, which are kept elsewhere: an open-addressed table of four bytes a
/// place, at most half full. Amortised O(1). A number is below 2^32 - 2, and stands for one text while it is in.
class id_index {
public:
  /// Gives the text of a number that is in.
  using text_of = std::function<std::string_view(std::uint32_t)>;

  explicit id_index(text_of text) : text_{std::move(text)} {}

  /// `number` must not be in, nor another with its text.
  void insert(std::uint32_t number);

  /// `number` must be in, and its text still what it was.
  void erase(std::uint32_t number);

  static constexpr std::uint32_t nothing = UINT32_MAX;

  /// The number whose text is `text`, or `nothing`.
  [[nodiscard]] std::uint32_t find(std::string_view text) const;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
  [[nodiscard]] std::size_t place_of(std::string_view text) const noexcept;
  void grow();
  void put(std::uint32_t number) noexcept;

  static constexpr std::uint32_t removed = UINT32_MAX - 1;

  text_of text_;
  std::vector<std::uint32_t> places_; // a power of two of them, or none
  std::size_t size_ = 0;
  std::size_t used_ = 0; // those in and those removed
};

} // namespace cafnode::supervision
