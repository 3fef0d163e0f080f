#include "runtime/net/close_watch.hpp"

#include <algorithm>

namespace cafnode::net {

void close_watch::pass(char* bytes, std::size_t count) noexcept {
  while (count > 0 && !over_) {
    std::size_t taken = 1;
    if (left_ == 0) {
      header_[filled_++] = static_cast<unsigned char>(*bytes);
      if (filled_ == header_size())
        begin_payload();
    } else if (code_left_ > 0) {
      look_at_code(*bytes);
    } else {
      taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, count));
      left_ -= taken;
    }
    bytes += taken;
    count -= taken;
  }
}

/// RFC 6455, 5.2.
std::size_t close_watch::header_size() const noexcept {
  const auto length = filled_ < 2 ? 0U : header_[1] & 0x7fU;
  return length < 126 ? 2 : length == 126 ? 4 : 10;
}

void close_watch::begin_payload() noexcept {
  constexpr unsigned close_opcode = 8;
  left_ = filled_ == 2 ? header_[1] & 0x7fU : 0U;
  for (std::size_t at = 2; at < filled_; ++at)
    left_ = left_ << 8U | header_[at];
  const bool masked = (header_[1] & 0x80U) != 0; // which a server's must not be
  const bool closes = (header_[0] & 0x0fU) == close_opcode;
  over_ = masked || (closes && left_ < 2);
  code_left_ = closes ? 2 : 0;
  filled_ = 0;
}

void close_watch::look_at_code(char& byte) noexcept {
  const auto value = static_cast<unsigned char>(byte);
  --code_left_;
  if (code_left_ == 1) {
    high_fits_ = value == bad_gateway >> 8U;
    return;
  }
  over_ = true;
  replaced_ = high_fits_ && value == (bad_gateway & 0xffU);
  if (replaced_)
    byte = static_cast<char>(stand_in & 0xffU);
}

} // namespace cafnode::net
