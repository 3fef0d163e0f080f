#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace cafnode::net {

/// Cuts a stream of text into lines of at most 1 MiB, without their ends. Pure.
class line_splitter {
public:
  using line_sink = std::function<bool(std::string_view)>; // false: enough

  static constexpr std::size_t line_bytes_max = std::size_t{1} << 20U;

  /// Whether a line was too long, which ended the splitting.
  [[nodiscard]] bool overlong() const noexcept { return overlong_; }

  /// Hands each whole line to `sink`; false once the sink has had enough or a line is too long.
  [[nodiscard]] bool feed(std::string_view text, const line_sink& sink);

  /// Hands over what came after the last line's end, if anything and the sink has not had enough.
  void finish(const line_sink& sink);

private:
  std::string rest_;
  bool overlong_ = false;
  bool enough_ = false;
};

} // namespace cafnode::net
