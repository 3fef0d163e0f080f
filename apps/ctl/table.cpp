#include "apps/ctl/table.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <iterator>

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

std::vector<table::shown> table::layout(const look& how) const {
  const auto natural = widths();
  const bool is_bounded = how.columns > 0 && !how.wide;
  std::vector<shown> kept;
  std::size_t used = 0;
  for (std::size_t place = 0; place < columns_.size(); ++place) {
    const std::size_t enough = columns_[place].enough;
    kept.push_back({place, is_bounded && enough > 0 ? std::min(natural[place], enough) : natural[place]});
    used += kept.back().width + (place == 0 ? 0 : gap);
  }
  const auto importance = [this](const shown& each) { return columns_[each.place].importance; };
  while (is_bounded && used > how.columns) {
    // Of equals the last one goes.
    const auto least = std::min_element(kept.rbegin(), kept.rend(),
                                        [&](const shown& a, const shown& b) { return importance(a) < importance(b); });
    if (importance(*least) >= essential)
      break;
    used -= least->width + gap;
    kept.erase(std::next(least).base());
  }
  for (shown& each : kept) { // what is left goes to those that were cut
    const std::size_t more = std::min(natural[each.place] - each.width, how.columns > used ? how.columns - used : 0);
    each.width += is_bounded ? more : 0;
    used += is_bounded ? more : 0;
  }
  return kept;
}

std::string table::line(const std::vector<cell>& row, const std::vector<shown>& layout, const look& how) const {
  std::string out;
  std::size_t used = 0;
  for (const shown& each : layout) {
    const cell& content = row[each.place];
    const bool is_last = &each == &layout.back();
    const bool is_right = columns_[each.place].align == align::right;
    std::size_t room = each.width;
    if (is_last && how.columns > 0 && !how.wide)
      room = std::min(room, how.columns > used ? how.columns - used : 0);
    const std::string text = fitted(content.text, room, how);
    const std::size_t fill = each.width - std::min(each.width, display_width(text));
    out += (is_right ? std::string(fill, ' ') : "") + tinted(text, content.with, how);
    if (!is_last)
      out += std::string((is_right ? 0 : fill) + gap, ' ');
    used += each.width + gap;
  }
  return out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
}

std::string table::left_out(const std::vector<shown>& layout) const {
  std::string names;
  for (std::size_t place = 0; place < columns_.size(); ++place) {
    const bool is_shown =
        std::any_of(layout.begin(), layout.end(), [place](const shown& each) { return each.place == place; });
    if (!is_shown)
      names += (names.empty() ? "" : ", ") + columns_[place].title;
  }
  return names;
}

std::string table::text(const look& how) const {
  const auto kept = layout(how);
  std::vector<cell> titles;
  for (const column& each : columns_)
    titles.push_back({each.title, tint::dim});
  std::string out = line(titles, kept, how);
  for (const auto& row : rows_)
    out += line(row, kept, how);
  if (const std::string names = left_out(kept); !names.empty())
    out += tinted(wrapped("no room for " + names + "; -o wide shows all", 0, how), tint::dim, how) + "\n";
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
