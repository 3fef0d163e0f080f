#pragma once

#include "runtime/base/rng.hpp"
#include "sim/line/line.hpp"
#include "sim/virtual/agenda.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace cafnode::sim {

/// What goes over a memory line.
struct parcel {
  enum class kind : std::uint8_t { call, answer, upgraded, text, bad, close, end };

  kind what = kind::text;
  int code = 0;                    // answer: status; close: code, 1005 for none
  bad_frame wrong{};               // bad
  frame_text text{};               // text, body or reason; may be null
  std::optional<http_call> call{}; // call

  /// As long as it would be on a wire, about.
  [[nodiscard]] std::size_t bytes() const noexcept;
};

/// How long one thing is under way: drawn anew for each, between these two.
struct travel_time {
  base::duration least{};
  base::duration most{};
};

/// One direction of a memory line: what is put in comes out in the same order, each after a drawn time.
class one_way : public std::enable_shared_from_this<one_way> {
public:
  using taker = std::function<void(parcel)>;

  /// `time` has to outlive it.
  one_way(agenda& time, travel_time travel, base::rng chance) noexcept
      : agenda_{time}, travel_{travel}, chance_{chance} {}

  /// Who takes what comes out; nobody: it is thrown away.
  void lead_to(taker then) { taker_ = std::move(then); }

  void put(parcel what);

  /// While held, nothing comes out; then it goes on where it stood.
  void hold(bool still);

  /// Whatever is under way is lost.
  void drop() noexcept;

  /// Of what is under way or held.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
  struct under_way {
    base::time_point due;
    parcel what;
  };

  void arm(base::time_point due);
  void hand_out();

  agenda& agenda_;
  travel_time travel_;
  base::rng chance_;
  taker taker_;
  std::deque<under_way> queue_; // bounded by who puts in, who looks at `bytes`
  std::size_t bytes_ = 0;
  bool held_ = false;
  bool armed_ = false;
};

} // namespace cafnode::sim
