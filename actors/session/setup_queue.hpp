#pragma once

#include "actors/venues/machine.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace cafnode::session {

/// Who asks for a turn.
enum class standing : std::uint8_t {
  live,      // is up, and has something to subscribe anew
  returning, // was up in this process: orders and positions hang on it
  fresh,     // has never been up
};

/// The order in which the connections of one account get the credits for their set-ups. First come, first served among
/// those of one standing; the live go before the returning, these before the fresh, except that each fourth turn goes
/// to whoever has waited longest, so that connections that flap cannot keep others out for ever. Nobody is overtaken
/// because he asks for more. Pure; one entry per connection bounds it.
class setup_queue {
public:
  using ticket = std::uint64_t; // never 0, never given twice

  ticket enter(standing as, const venues::credits& cost);

  /// Out of the queue; nothing when it is not in it.
  void leave(ticket which);

  /// Whether this ticket was given its turn. That takes it out.
  bool collect(ticket which);

  /// What the next in the queue asks for; none when nobody waits.
  [[nodiscard]] std::optional<venues::credits> next() const;

  /// Gives the next in the queue its turn. There must be one.
  void grant_next();

  /// How many go before `which`, at most.
  [[nodiscard]] std::size_t ahead_of(ticket which) const;

  [[nodiscard]] std::size_t waiting() const noexcept;

private:
  using line = std::map<ticket, venues::credits>;
  static constexpr std::size_t standings = 3;
  static constexpr std::uint64_t fair_turn = 4;

  [[nodiscard]] const line* next_line() const;

  std::array<line, standings> lines_;
  std::set<ticket> granted_; // and not collected
  ticket last_ = 0;
  std::uint64_t turns_ = 0;
};

} // namespace cafnode::session
