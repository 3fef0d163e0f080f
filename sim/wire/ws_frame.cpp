#include "sim/wire/ws_frame.hpp"

#include "runtime/base/json_text.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

constexpr int protocol_error = 1002;
constexpr int bad_payload = 1007;
constexpr int too_big = 1009;

std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept {
  return static_cast<std::uint8_t>(text[at]);
}

} // namespace

frame_head::frame_head(opcode op, std::size_t payload_size) noexcept {
  const int size_bytes = payload_size < 126 ? 0 : payload_size <= 0xFFFF ? 2 : 8;
  bytes_[size_++] = static_cast<char>(0x80U | static_cast<unsigned>(op));
  bytes_[size_++] = static_cast<char>(size_bytes == 0 ? payload_size : size_bytes == 2 ? 126U : 127U);
  for (int shift = (size_bytes - 1) * 8; shift >= 0; shift -= 8)
    bytes_[size_++] = static_cast<char>((payload_size >> static_cast<unsigned>(shift)) & 0xFFU);
}

std::string encode_frame(opcode op, std::string_view payload) {
  const frame_head head{op, payload.size()};
  std::string out;
  out.reserve(head.text().size() + payload.size());
  return out.append(head.text()).append(payload);
}

std::string close_frame(int code, std::string_view reason) {
  std::string payload{static_cast<char>((code >> 8) & 0xFF), static_cast<char>(code & 0xFF)};
  payload.append(reason.substr(0, 123));
  return encode_frame(opcode::close, payload);
}

std::string encode_bad(bad_frame kind) {
  switch (kind) {
  case bad_frame::half:
    return encode_frame(opcode::text, std::string(1000, ' ')).substr(0, 500);
  case bad_frame::reserved_bits:
    return {"\xf1\x02{}", 4};
  case bad_frame::binary:
    break;
  }
  return encode_frame(opcode::binary, "\x01\x02\x03");
}

int frame_reader::feed(std::string_view bytes, const std::function<bool(const ws_message&)>& sink) {
  while (!stopped_ && (!bytes.empty() || (in_payload_ && left_ == 0))) {
    if (!in_payload_) {
      header_.push_back(bytes.front());
      bytes.remove_prefix(1);
      if (const int fault = read_header(); fault != 0)
        return fault;
      continue;
    }
    bytes.remove_prefix(take_payload(bytes));
    if (left_ > 0)
      continue;
    if (const int fault = finish_frame(sink); fault != 0)
      return fault;
  }
  return 0;
}

int frame_reader::read_header() {
  if (header_.size() < 2)
    return 0;
  const std::uint8_t second = byte_at(header_, 1);
  if ((second & 0x80U) == 0)
    return protocol_error; // a client has to mask
  const unsigned size_class = second & 0x7FU;
  const std::size_t size_bytes = size_class == 126 ? 2 : size_class == 127 ? 8 : 0;
  if (header_.size() < 2 + size_bytes + 4)
    return 0;
  left_ = size_class;
  if (size_bytes > 0) {
    left_ = 0;
    for (std::size_t at = 2; at < 2 + size_bytes; ++at)
      left_ = (left_ << 8U) | byte_at(header_, at);
  }
  for (std::size_t at = 0; at < 4; ++at)
    mask_[at] = byte_at(header_, 2 + size_bytes + at);
  return start_frame();
}

int frame_reader::start_frame() {
  const std::uint8_t first = byte_at(header_, 0);
  header_.clear();
  op_ = first & 0x0FU;
  final_ = (first & 0x80U) != 0;
  in_payload_ = true;
  position_ = 0;
  if ((first & 0x70U) != 0)
    return protocol_error;
  if (is_control())
    return check_control();
  if (op_ > 2 || (op_ == 0) != in_message_)
    return protocol_error;
  if (op_ != 0)
    message_op_ = static_cast<opcode>(op_);
  in_message_ = true;
  if (left_ > skipped_bytes_max || message_size_ + left_ > skipped_bytes_max)
    return too_big;
  message_size_ += left_;
  if (message_size_ > message_bytes_max_)
    message_.clear();
  return 0;
}

int frame_reader::check_control() const noexcept {
  return op_ > 10 || !final_ || left_ > 125 ? protocol_error : 0;
}

std::size_t frame_reader::take_payload(std::string_view bytes) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (is_control() || message_size_ <= message_bytes_max_) {
    std::string& into = target();
    const std::size_t start = into.size();
    into.append(bytes.substr(0, count));
    for (std::size_t at = 0; at < count; ++at)
      into[start + at] = static_cast<char>(byte_at(into, start + at) ^ mask_[(position_ + at) & 3U]);
  }
  position_ += count;
  left_ -= count;
  return count;
}

int frame_reader::finish_frame(const std::function<bool(const ws_message&)>& sink) {
  in_payload_ = false;
  if (is_control()) {
    stopped_ = !deliver(static_cast<opcode>(op_), control_, sink);
    return 0;
  }
  if (!final_)
    return 0;
  in_message_ = false;
  if (message_op_ == opcode::text && !base::is_utf8(message_))
    return bad_payload;
  stopped_ = !deliver(message_op_, message_, sink);
  message_size_ = 0;
  return 0;
}

bool frame_reader::deliver(opcode op, std::string& payload, const std::function<bool(const ws_message&)>& sink) {
  const bool too_large = &payload == &message_ && message_size_ > message_bytes_max_;
  const bool go_on = sink(ws_message{op, payload, too_large});
  payload.clear();
  if (payload.capacity() > 2048)
    payload.shrink_to_fit(); // thousands of quiet connections keep no large buffers
  return go_on;
}

} // namespace cafnode::sim
