#pragma once

#include "sim/line/line.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cafnode::sim {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// What stands before the payload of a whole unmasked frame (RFC 6455, 5.2). A server does not mask: one text serves
/// everybody.
class frame_head {
public:
  frame_head() = default; // of no frame: empty
  frame_head(opcode op, std::size_t payload_size) noexcept;

  [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }

private:
  std::array<char, 10> bytes_{};
  std::uint8_t size_ = 0;
};

/// One whole unmasked frame.
[[nodiscard]] std::string encode_frame(opcode op, std::string_view payload);
[[nodiscard]] std::string close_frame(int code, std::string_view reason);
[[nodiscard]] std::string encode_bad(bad_frame kind);

/// What a client sent: a whole message, put together from its fragments. `payload` lives until the call returns.
struct ws_message {
  opcode op = opcode::text;
  std::string_view payload;
  bool too_large = false; // the payload was longer than the limit and has been thrown away
};

/// Takes apart what one client sends. Holds at most one message of `message_bytes_max`; what is longer is skipped and
/// reported, up to `skipped_bytes_max`.
class frame_reader {
public:
  explicit frame_reader(std::size_t message_bytes_max) noexcept : message_bytes_max_{message_bytes_max} {}

  static constexpr std::uint64_t skipped_bytes_max = line_limits::skipped_bytes_max;

  /// Reads on. `sink` gets each message and returns whether to go on. The close code of the client's fault, or 0.
  int feed(std::string_view bytes, const std::function<bool(const ws_message&)>& sink);

private:
  int read_header();
  int start_frame();
  int check_control() const noexcept;
  int finish_frame(const std::function<bool(const ws_message&)>& sink);
  bool deliver(opcode op, std::string& payload, const std::function<bool(const ws_message&)>& sink);
  std::size_t take_payload(std::string_view bytes);

  [[nodiscard]] std::string& target() noexcept { return is_control() ? control_ : message_; }

  [[nodiscard]] bool is_control() const noexcept { return (op_ & 8U) != 0; }

  std::size_t message_bytes_max_;
  std::string header_; // the bytes of a header that has not come whole
  std::string message_;
  std::string control_;
  std::uint64_t left_ = 0; // payload bytes still to come
  std::uint64_t message_size_ = 0;
  std::uint64_t position_ = 0; // within the frame, for the mask
  std::uint8_t mask_[4]{};
  std::uint8_t op_ = 0;
  opcode message_op_ = opcode::text;
  bool in_payload_ = false;
  bool final_ = false;
  bool in_message_ = false;
  bool stopped_ = false;
};

} // namespace cafnode::sim
