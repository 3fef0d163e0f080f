#include "conf/document.hpp"
#include "conf/excerpt.hpp"
#include "conf/scalar.hpp"

#include <algorithm>
#include <tuple>

namespace cafnode::conf {

source::source(std::string name, std::string text) : name_{std::move(name)}, text_{std::move(text)} {
  starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n')
      starts_.push_back(i + 1);
}

std::string_view source::line(std::uint32_t number) const noexcept {
  if (number == 0 || number > starts_.size())
    return {};
  const auto from = starts_[number - 1];
  const auto to = number < starts_.size() ? starts_[number] - 1 : text_.size();
  auto found = std::string_view{text_}.substr(from, to - from);
  if (!found.empty() && found.back() == '\r')
    found.remove_suffix(1);
  return found;
}

std::string_view source::from(position at) const noexcept {
  if (at.line == 0 || at.column == 0 || at.line > starts_.size())
    return {};
  return std::string_view{text_}.substr(std::min(text_.size(), starts_[at.line - 1] + at.column - 1));
}

void fault_sink::add(fault_code code, position at, std::string path, std::string message, std::string hint,
                     severity level) {
  if (full())
    return;
  if (faults_.size() == faults_max) {
    code = fault_code::too_many_faults;
    level = severity::error;
    message = "there are more faults than are shown";
    hint = "mend these first";
    path.clear();
  }
  constexpr std::size_t path_bytes_max = 256;
  path = printable(path, path_bytes_max);
  fault found{code, level, from_->name(), at.line, at.column, std::move(path), std::move(message), std::move(hint), {}};
  found.width = at.width;
  add_excerpt(found, *from_);
  faults_.push_back(std::move(found));
}

bool fault_sink::has(std::string_view path) const noexcept {
  const auto inside = [&](const std::string& broken) {
    return path.starts_with(broken) && (path.size() == broken.size() || path[broken.size()] == '.');
  };
  return std::any_of(faults_.begin(), faults_.end(), [&](const fault& f) { return f.path == path; }) ||
         std::any_of(broken_.begin(), broken_.end(), inside);
}

std::vector<fault> fault_sink::take() {
  std::stable_sort(faults_.begin(), faults_.end(), [](const fault& left, const fault& right) {
    const auto last = [](const fault& f) { return f.code == fault_code::too_many_faults; };
    return std::tuple{last(left), left.line, left.column} < std::tuple{last(right), right.line, right.column};
  });
  return std::move(faults_);
}

} // namespace cafnode::conf
