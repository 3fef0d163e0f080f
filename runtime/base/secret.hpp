#pragma once

#include <string>
#include <string_view>

namespace cafnode::base {

/// A string that never prints itself: no stream operator, no formatter, wiped when it goes.
class secret {
public:
  secret() = default;

  explicit secret(std::string text) noexcept : text_{std::move(text)} {}

  secret(const secret&) = default;
  secret(secret&& other) noexcept;
  secret& operator=(const secret& other);
  secret& operator=(secret&& other) noexcept;
  ~secret();

  /// The text itself. The name is long on purpose: each use is a place to look at in review.
  [[nodiscard]] std::string_view reveal() const noexcept { return text_; }

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

private:
  void wipe() noexcept;

  std::string text_;
};

/// Compares in a time that depends on the lengths alone, never on where the texts differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right) noexcept;

} // namespace cafnode::base
