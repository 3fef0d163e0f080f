#pragma once

#include "actors/session/link_pulse.hpp"
#include "runtime/base/rng.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace cafnode::test {

/// What a link is like; `draw` makes one of it from chance.
struct link_character {
  base::duration way{};             // one way, at best
  base::duration jitter{};          // mean of what comes on top
  base::duration tail_max{};        // the worst of what comes on top, one time in a thousand
  base::duration stall_every{};     // mean time between stalls of the whole link; zero: none
  base::duration stall_max{};       // the longest stall
  base::duration gap{};             // mean between two frames of the stream; zero: no stream
  int slower_at_night = 1;          // so many times
  int burst = 1;                    // frames that come at once
  bool regular = false;             // the stream ticks like a clock; else by chance
  base::duration pause_every{};     // mean time between pauses of our own process; zero: none
  base::duration pause_max{};       // the longest of them
  base::duration reconnect_every{}; // mean time between reconnects, one time in four a storm of them; zero: none

  /// Any link that is alive: no stall is as long as the silence that must be taken for death.
  [[nodiscard]] static link_character draw(base::rng& chance);
};

/// One connection over such a link in virtual time: an exchange that streams, asks for heartbeats and answers, and the
/// pulse that judges it.
class drawn_link {
public:
  drawn_link(link_character character, std::uint64_t seed);

  /// Runs on for `span`, or until the pulse says that the connection is dead.
  void run(base::duration span);

  /// The exchange says nothing more from now on.
  void mute() { muted_ = true; }

  /// Our process does not run for `span`.
  void pause(base::duration span);

  [[nodiscard]] bool dead() const noexcept { return dead_; }

  [[nodiscard]] base::time_point now() const noexcept { return now_; }

  [[nodiscard]] base::time_point last_read() const noexcept { return last_read_; }

  [[nodiscard]] std::uint64_t questions() const noexcept { return questions_; }

  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }

private:
  enum class step : std::uint8_t { emit, ask, arrive, served, look, pause, resume, reconnect };

  struct frame {
    session::frame_role role = session::frame_role::news;
    bool asks = false;           // a test request
    base::time_point asked_at{}; // of an answer: when the question went out
  };

  struct happening {
    base::time_point at;
    std::uint64_t order = 0;
    step what = step::emit;
    std::uint64_t life = 0; // of the connection it belongs to
    frame content;

    friend bool operator>(const happening& a, const happening& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  void plan(step what, base::time_point at);
  void plan(step what, base::time_point at, frame content);
  void happen(const happening& one);
  void connect();
  void emit();
  void send_down(frame content, base::time_point from);
  void send_up(base::time_point from);
  void read(const frame& content);
  void look();
  void arm_look();
  void resume();
  [[nodiscard]] base::time_point across(base::time_point from);
  [[nodiscard]] base::duration around(base::duration mean);
  [[nodiscard]] base::duration up_to(base::duration longest);
  [[nodiscard]] base::duration gap();

  link_character is_;
  base::rng chance_;
  session::link_pulse pulse_;
  std::priority_queue<happening, std::vector<happening>, std::greater<>> ahead_;
  std::uint64_t last_order_ = 0;
  std::uint64_t life_ = 0;
  std::uint64_t look_ = 0; // the order of the look that is armed
  std::uint64_t ask_ = 0;  // the order of the test request that is due
  base::time_point now_{std::chrono::hours{1}};
  base::time_point began_ = now_;
  base::time_point last_read_ = now_;
  base::time_point down_free_{}; // what is sent later arrives later
  base::time_point up_free_{};
  base::time_point stall_from_{};
  base::time_point stall_until_{};
  base::time_point stopped_until_{};
  bool look_missed_ = false;
  std::deque<frame> unread_;
  bool muted_ = false;
  bool dead_ = false;
  int storm_ = 0;
  std::uint64_t questions_ = 0;
  std::uint64_t frames_ = 0;
};

} // namespace cafnode::test
