#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cafnode::net {

/// Reads the head of a server's answer to the WebSocket upgrade, and nothing behind it: the status line and the headers
/// are the answer, whatever body follows or never comes. Pure: it knows no socket.
///
/// Of an answer that accepts, `give` hands out a head with only what a WebSocket client has to look at, and behind it
/// the bytes that came with it: they are the first frames. So neither 30 kB of cookies nor a Content-Length on a 101
/// can confuse who reads on.
class upgrade_head {
public:
  enum class state : std::uint8_t {
    reading,  // more is needed
    accepted, // 101, and nothing was taken up that we did not offer (RFC 6455, 4.1)
    refused,  // another status
    broken,   // no HTTP, a head beyond `bytes_max`, or a 101 that a client must not take
  };

  /// The longest head that is read.
  static constexpr std::size_t bytes_max = std::size_t{32} << 10U;

  /// Where the next bytes go; never empty while the state is `reading`.
  [[nodiscard]] std::span<char> room();

  /// `count` bytes of that room were filled. `now` is for a Retry-After that names a date.
  void took(std::size_t count, std::chrono::system_clock::time_point now);

  /// Nothing more comes, or not in time: judges by what is there. It goes on reading if not even a status is.
  void ended(std::chrono::system_clock::time_point now);

  [[nodiscard]] state where() const noexcept { return state_; }

  /// 0 before a whole status line has come.
  [[nodiscard]] std::uint16_t status() const noexcept { return status_; }

  /// For a person: "HTTP 503 Service Unavailable", or what is wrong. Printable and short, whatever was sent.
  [[nodiscard]] const std::string& words() const noexcept { return words_; }

  /// See read_retry_after.
  [[nodiscard]] std::chrono::milliseconds retry_after() const noexcept { return retry_after_; }

  /// Copies out the next bytes of an accepted answer; 0 once all were given.
  [[nodiscard]] std::size_t give(char* into, std::size_t size);

  /// The first frames, before they are given out; only of an accepted answer.
  [[nodiscard]] std::span<char> frames() noexcept { return std::span{bytes_}.subspan(frames_at_); }

  [[nodiscard]] bool has_bytes() const noexcept { return state_ == state::accepted && given_ < bytes_.size(); }

private:
  void judge(std::string_view head, bool whole, std::chrono::system_clock::time_point now);
  [[nodiscard]] bool read_status(std::string_view line);
  void read_fields(std::string_view fields, std::chrono::system_clock::time_point now);
  void accept(std::string_view head, std::size_t behind);
  void fail(std::string words);

  std::string bytes_;      // what came; once accepted, what is given out
  std::size_t filled_ = 0; // of bytes_, while reading
  std::size_t passed_ = 0; // bytes of interim answers
  std::size_t given_ = 0;
  std::size_t frames_at_ = 0; // in bytes_, once accepted
  state state_ = state::reading;
  std::uint16_t status_ = 0;
  std::chrono::milliseconds retry_after_{0};
  std::string words_;
  std::string kept_; // the fields that are handed on
};

} // namespace cafnode::net
