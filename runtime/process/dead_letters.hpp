#pragma once

#include "runtime/base/time.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::process {

/// Why a message reached nobody.
enum class dead_letter_kind : std::uint8_t {
  unexpected,     // its receiver has no handler for it
  error_answer,   // an error that answers no open ask
  fenced,         // a fenced process wanted to send it
  overflow,       // a full mailbox refused it
  closed_mailbox, // its mailbox was closed before it was handled
};

inline constexpr std::size_t dead_letter_kinds = 5;

[[nodiscard]] std::string_view to_string(dead_letter_kind kind) noexcept;

/// A message that nobody got. The content is named by its types only: it may hold what must not be shown.
struct dead_letter {
  std::string receiver; // label of the process, or name of the mailbox
  std::string content;  // type names, for example "cafnode::session::frame_seen"
  dead_letter_kind kind = dead_letter_kind::unexpected;
  base::moment at; // when it was given up
};

/// What is known of the dead letters of a system at one moment.
struct dead_letter_report {
  std::array<std::uint64_t, dead_letter_kinds> counts{}; // by kind
  std::vector<dead_letter> samples;                      // all kinds, oldest first
};

/// Counts all dead letters, and keeps some of each kind to look at: every one at first, then one in a thousand; the
/// latest `samples_max` of each kind. A flood of one kind hides no other. Any thread.
class dead_letter_box {
public:
  static constexpr std::size_t samples_max = 32; // of each kind

  /// Counts one more; whether it is to be kept as a sample.
  bool count(dead_letter_kind kind) noexcept;
  void keep(dead_letter sample);

  [[nodiscard]] std::uint64_t count_of(dead_letter_kind kind) const noexcept;
  [[nodiscard]] std::uint64_t total() const noexcept;
  [[nodiscard]] dead_letter_report report() const;

private:
  struct numbered {
    std::uint64_t number = 0; // over all kinds
    dead_letter letter;
  };

  struct shelf {
    std::vector<numbered> samples;
    std::size_t oldest = 0;
  };

  std::array<std::atomic<std::uint64_t>, dead_letter_kinds> counts_{};
  mutable std::mutex mutex_; // guards what follows
  std::array<shelf, dead_letter_kinds> shelves_;
  std::uint64_t last_number_ = 0;
};

} // namespace cafnode::process
