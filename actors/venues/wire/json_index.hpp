#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace cafnode::venues::json {

/// A text beyond this is not taken apart; the link refuses such a frame long before, at its own limit.
inline constexpr std::size_t frame_bytes_max = std::size_t{16} << 20U;

/// Finds where the pieces of a JSON text stand: each bracket, comma and colon, and the start of each text, number and
/// word. Says no to invalid UTF-8, to a text without an end, and to control characters in one. This is the first half
/// of simdjson's parser; what follows it is written here, because its on-demand half cannot look back, and its document
/// half builds a tree of which most would be thrown away.
class structure_index {
public:
  structure_index();
  ~structure_index();
  structure_index(const structure_index&) = delete;
  structure_index& operator=(const structure_index&) = delete;

  /// The offsets, ascending; behind the last one stands `text.size()`. nullptr in `why` when it went well. Reads up to
  /// 64 bytes behind the end of `text`. The offsets stand until the next call.
  [[nodiscard]] std::span<const std::uint32_t> build(std::string_view text, const char*& why);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafnode::venues::json
