#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cafnode::net {

/// Beast takes close code 1014 (Bad Gateway; registered with IANA, later than RFC 6455) for one that does not exist,
/// and with it the peer's close for a broken protocol. This looks at a server's frames on their way to Beast, writes
/// 1013 over that code, and remembers it. Pure: it knows no socket.
class close_watch {
public:
  /// The next `count` bytes of the frames, however they are cut; the code is written over where they lie.
  void pass(char* bytes, std::size_t count) noexcept;

  /// The code that the peer sent, where Beast read `code`.
  [[nodiscard]] std::uint16_t sent(std::uint16_t code) const noexcept { return replaced_ ? bad_gateway : code; }

private:
  static constexpr std::uint16_t bad_gateway = 1014;
  static constexpr std::uint16_t stand_in = 1013; // differs in the second byte alone

  [[nodiscard]] std::size_t header_size() const noexcept;
  void begin_payload() noexcept;
  void look_at_code(char& byte) noexcept;

  std::array<unsigned char, 10> header_{};
  std::size_t filled_ = 0;     // of header_
  std::uint64_t left_ = 0;     // of the payload
  std::uint8_t code_left_ = 0; // bytes of a close frame's code that are still to come
  bool high_fits_ = false;
  bool over_ = false; // nothing that matters comes behind the first close frame
  bool replaced_ = false;
};

} // namespace cafnode::net
