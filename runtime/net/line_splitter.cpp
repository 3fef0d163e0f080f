#include "runtime/net/line_splitter.hpp"

namespace cafnode::net {

bool line_splitter::feed(std::string_view text, const line_sink& sink) {
  while (!text.empty() && !enough_ && !overlong_) {
    const auto end = text.find('\n');
    rest_.append(text.substr(0, end));
    overlong_ = rest_.size() > line_bytes_max;
    if (end == std::string_view::npos || overlong_)
      break;
    text.remove_prefix(end + 1);
    if (!rest_.empty() && rest_.back() == '\r')
      rest_.pop_back();
    enough_ = !sink(rest_);
    rest_.clear();
  }
  return !enough_ && !overlong_;
}

void line_splitter::finish(const line_sink& sink) {
  if (!rest_.empty() && !enough_ && !overlong_)
    enough_ = !sink(rest_);
  rest_.clear();
}

} // namespace cafnode::net
