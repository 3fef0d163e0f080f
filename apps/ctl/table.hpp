#pragma once

#include "apps/ctl/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cafnode::ctl {

struct cell {
  std::string text;
  tint with = tint::none;
};

enum class align : std::uint8_t { left, right };

/// A column that never gives way.
constexpr int essential = 100;

struct column {
  std::string title;
  ctl::align align = align::left;
  int importance = essential; // where the terminal is too narrow, the least important gives way first
  std::size_t enough = 0;     // it may be cut to this width before others give way; 0: never cut
};

/// Rows under titles, each column as wide as its widest cell. On a terminal that is too narrow columns give way by
/// their importance, and a last line names them; a text that is cut ends with an ellipsis. With `look::wide` all is
/// shown.
class table {
public:
  explicit table(std::vector<column> columns) : columns_{std::move(columns)} {}

  void add(std::vector<cell> row);

  [[nodiscard]] std::string text(const look& how) const;

private:
  /// A column that is shown: which, and how wide.
  struct shown {
    std::size_t place;
    std::size_t width;
  };

  [[nodiscard]] std::vector<shown> layout(const look& how) const;
  [[nodiscard]] std::vector<std::size_t> widths() const;
  [[nodiscard]] std::string line(const std::vector<cell>& row, const std::vector<shown>& layout, const look& how) const;
  [[nodiscard]] std::string left_out(const std::vector<shown>& layout) const;

  std::vector<column> columns_;
  std::vector<std::vector<cell>> rows_;
};

/// What stands before each node of a tree: branches down to it. `depths` is the tree depth first, the root at 0.
[[nodiscard]] std::vector<std::string> branches(const std::vector<std::size_t>& depths, const look& how);

} // namespace cafnode::ctl
