#pragma once

#include "runtime/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cafnode::control {

/// How long each part of a change may take.
struct push_limits {
  bool force = false;                           // whatever orders stand against it
  std::chrono::milliseconds orders_max{10'000}; // for orders in doubt to be settled, before anything is touched
  std::chrono::milliseconds telling_max{5'000}; // for running connections to hold orders, and to take new values over
  std::chrono::milliseconds healthy_within{30'000}; // for interrupted and new connections to be live; 0: not looked at
};

enum class push_act : std::uint8_t {
  hold_orders,    // let no order begin where it would be lost; then held, again and again
  look_at_orders, // then orders_seen
  change,         // write the proposal down, and have the supervisors changed; then changed
  tell,           // tell running connections; then told, again and again
  look_at_health, // then health_seen
  commit,         // then committed
  undo,           // have everything as it was; then undone
  finish,         // the outcome is there
};

enum class push_result : std::uint8_t {
  applied,
  refused,     // nothing was touched
  undone,      // everything is as it was
  undo_failed, // neither the old nor the new holds everywhere; it is tried again
};

/// The course of one change of a running node's configuration: what is done next, how long it may take, and when all is
/// taken back. Pure: time is an argument.
///
///     hold_orders ──► look_at_orders ──► change ──► tell ──► look_at_health ──► commit ──► finish (applied)
///          └────────────────┤               └──────────┴────────────┴──────────────┴──► undo ──► finish (undone)
///                           └──► finish (refused)
class push_course {
public:
  push_course(push_limits limits, base::time_point now);

  [[nodiscard]] push_act next() const noexcept { return act_; }

  /// Whether the health of what was changed is looked at.
  [[nodiscard]] bool gated() const noexcept { return limits_.healthy_within.count() > 0; }

  /// How long to wait before the next look: what was seen last was not yet what it has to be.
  [[nodiscard]] base::duration pause() const noexcept { return pause_; }

  /// How many connections have not shown yet that no order begins there any more, and the first of them.
  void held(std::size_t left, const std::string& first, base::time_point now);

  /// What stands against it now; empty: nothing. `may_pass`: waiting may help.
  void orders_seen(const std::string& obstacle, bool may_pass, base::time_point now);

  /// The proposal could not be written down: nothing was touched.
  void not_proposed(std::string why);

  /// Every supervisor is changed, or one was not, for this reason.
  void changed(std::optional<std::string> fault, base::time_point now);

  /// How many running connections have not taken their new values over yet.
  void told(std::size_t left, base::time_point now);

  /// The first connection that is not as it should be, and how many there are.
  void health_seen(std::size_t unwell, const std::string& first, base::time_point now);

  void committed(std::optional<std::string> fault);

  void undone(std::optional<std::string> fault);

  /// Somebody wants the node to end, or the time is up: what is under way is taken back, what was not begun is not.
  void give_up(std::string why);

  // -- at finish ------------------------------------------------------------------------------------------------------

  [[nodiscard]] push_result result() const noexcept { return result_; }

  [[nodiscard]] const std::string& why() const noexcept { return why_; } // empty when applied

  /// Whether force would have helped where it was refused: orders stood against it.
  [[nodiscard]] bool may_be_forced() const noexcept { return result_ == push_result::refused && orders_refused_; }

private:
  void go(push_act act, base::time_point now);
  void take_back(std::string why);
  void refuse(std::string why);

  [[nodiscard]] bool is_over(std::chrono::milliseconds limit, base::time_point now) const {
    return now - since_ >= limit;
  }

  push_limits limits_;
  push_act act_ = push_act::hold_orders;
  base::time_point since_;
  base::duration pause_{};
  push_result result_ = push_result::applied;
  std::string why_;
  bool orders_refused_ = false;
};

} // namespace cafnode::control
