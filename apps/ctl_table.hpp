#pragma once

#include "apps/ctl_text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cafnode::ctl {

struct cell {
  std::string text;
  tint with = tint::none;
};

enum class align : std::uint8_t { left, right };

struct column {
  std::string title;
  ctl::align align = align::left;
};

/// Rows under titles, each column as wide as its widest cell; the last one is cut at the terminal's edge.
class table {
public:
  explicit table(std::vector<column> columns) : columns_{std::move(columns)} {}

  void add(std::vector<cell> row);

  [[nodiscard]] std::string text(const look& how) const;

private:
  [[nodiscard]] std::vector<std::size_t> widths() const;
  [[nodiscard]] std::string line(const std::vector<cell>& row, const std::vector<std::size_t>& widths,
                                 const look& how) const;

  std::vector<column> columns_;
  std::vector<std::vector<cell>> rows_;
};

/// What stands before each node of a tree: branches down to it. `depths` is the tree depth first, the root at 0.
[[nodiscard]] std::vector<std::string> branches(const std::vector<std::size_t>& depths, const look& how);

} // namespace cafnode::ctl
