#include "apps/ctl_table.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::ctl {

namespace {

constexpr std::size_t gap = 2; // columns between two cells

/// Whether the node at `place` is the last of its siblings.
bool is_last_sibling(const std::vector<std::size_t>& depths, std::size_t place) {
  for (std::size_t next = place + 1; next < depths.size(); ++next)
    if (depths[next] <= depths[place])
      return depths[next] < depths[place];
  return true;
}

} // namespace

void table::add(std::vector<cell> row) {
  CAFNODE_INVARIANT(row.size() == columns_.size(), "a row of a table has a cell for each column");
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> table::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t place = 0; place < columns_.size(); ++place) {
    std::size_t width = display_width(columns_[place].title);
    for (const auto& row : rows_)
      width = std::max(width, display_width(row[place].text));
    widths.push_back(width);
  }
  return widths;
}

std::string table::line(const std::vector<cell>& row, const std::vector<std::size_t>& widths, const look& how) const {
  std::string out;
  std::size_t used = 0;
  for (std::size_t place = 0; place < row.size(); ++place) {
    const bool is_last = place + 1 == row.size();
    const std::size_t room = how.columns > used ? how.columns - used : 0;
    const std::string text = is_last && how.columns > 0 ? fitted(row[place].text, room, how) : row[place].text;
    const std::size_t fill = widths[place] - std::min(widths[place], display_width(text));
    const bool is_right = columns_[place].align == align::right;
    out += (is_right ? std::string(fill, ' ') : "") + tinted(text, row[place].with, how);
    if (!is_last)
      out += std::string((is_right ? 0 : fill) + gap, ' ');
    used += widths[place] + gap;
  }
  return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
}

std::string table::text(const look& how) const {
  const auto wide = widths();
  std::vector<cell> titles;
  for (const column& each : columns_)
    titles.push_back({each.title, tint::dim});
  std::string out = line(titles, wide, how);
  for (const auto& row : rows_)
    out += line(row, wide, how);
  return out;
}

std::vector<std::string> branches(const std::vector<std::size_t>& depths, const look& how) {
  const std::string through = how.unicode ? "├─ " : "|- ", last = how.unicode ? "└─ " : "`- ";
  const std::string down = how.unicode ? "│  " : "|  ", empty = "   ";
  std::vector<std::string> out;
  std::vector<std::string> above; // what deeper nodes show for each level
  for (std::size_t place = 0; place < depths.size(); ++place) {
    above.resize(std::min(above.size(), depths[place]));
    std::string head;
    for (std::size_t level = 1; level < above.size(); ++level)
      head += above[level];
    const bool is_last = is_last_sibling(depths, place);
    out.push_back(depths[place] == 0 ? "" : head + (is_last ? last : through));
    above.resize(depths[place], empty);
    above.push_back(is_last ? empty : down);
  }
  return out;
}

} // namespace cafnode::ctl
