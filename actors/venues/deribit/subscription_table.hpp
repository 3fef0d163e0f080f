#pragma once

#include "runtime/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cafnode::deribit {

/// How the notifications of a channel are read.
enum class channel_kind : std::uint8_t { raw, ticker, book, trades, user_orders, user_trades, user_changes, platform };

/// Reads a channel's name. What this machine does not take apart is `raw`.
[[nodiscard]] channel_kind kind_of_channel(std::string_view name) noexcept;

/// The instrument in a name like book.BTC-PERPETUAL.raw; empty where there is none.
[[nodiscard]] std::string_view instrument_of_channel(std::string_view name) noexcept;

enum class channel_state : std::uint8_t {
  wanted,    // to be asked for
  asked,     // in the subscribe call that is under way
  confirmed, // subscribed, as far as anybody knows
  missing,   // asked for, and not in the answer
  releasing, // in the unsubscribe call that is under way: to be subscribed anew, or wished no longer
  dropped,   // wished no longer, and unsubscribed
};

/// What a book frame is to the chain of its channel.
enum class chain_step : std::uint8_t {
  fits,   // a snapshot, or the change that follows the last one
  broken, // something is missing before it: the book is wrong from here on
  idle,   // belongs to a book that waits for its snapshot
};

/// One channel of this connection.
struct channel_entry {
  std::string name;
  channel_kind kind = channel_kind::raw;
  channel_state state = channel_state::wanted;
  bool wished = true;
  bool doubtful = false;       // what came of a call is not known; or a book, and frames were passed over
  bool chained = false;        // a snapshot came, and nothing is missing since
  bool broken = false;         // to be renewed
  std::string_view instrument; // in `name`, for tickers and books
  std::uint64_t change_id = 0; // of the last book frame
  unsigned renewals = 0;       // since a frame of it last fitted
  base::time_point rests_until{};
  base::time_point strays_until{}; // of one that was dropped
};

/// All channels of a connection: as they are wished, and as the exchange has them. One call is under way at a time, to
/// subscribe or to unsubscribe.
class subscription_table {
public:
  /// So many names of dropped channels are remembered, for so long.
  static constexpr std::size_t strays_max = 1000;
  static constexpr std::chrono::seconds stray_span{10};

  /// Repeated names count once.
  explicit subscription_table(std::span<const std::string> channels);
  subscription_table(const subscription_table&) = delete;
  subscription_table& operator=(const subscription_table&) = delete;

  /// From now on these are the channels, and no others. Gives the instruments of books that are wished again and wrong
  /// until their snapshot; the views live as long as the book is wished.
  [[nodiscard]] std::vector<std::string_view> wish(std::span<const std::string> channels);

  /// Whether a call is under way.
  [[nodiscard]] bool is_calling() const noexcept { return call_ != call::none; }

  /// Whether `next_call` has something to give.
  [[nodiscard]] bool has_wanted() const noexcept;

  /// The next channels to ask for, at most what fits one call; empty when none is wanted. They are `asked` with this.
  /// Never are more than `channels_max` subscribed.
  [[nodiscard]] std::vector<std::string_view> next_call();

  struct comparison {
    std::vector<std::string> missing; // asked for, not answered
    std::vector<std::string> extra;   // answered, not asked for
  };

  /// Compares the exchange's answer with what was asked.
  [[nodiscard]] comparison settle_call(std::span<const std::string_view> answered);

  /// The call came to nothing, as far as anybody knows: its channels are wanted again. Books may be subscribed all the
  /// same, so they are `broken`: without an unsubscription no snapshot would come. What is wished no longer may be
  /// subscribed, too.
  void call_failed();

  /// The channel of a notification; nullptr when it was not subscribed on this connection.
  [[nodiscard]] channel_entry* find_live(std::string_view name) noexcept;

  /// Whether the exchange confirmed this channel.
  [[nodiscard]] bool confirmed(std::string_view name) const noexcept;

  /// Follows the chain of a book. With `broken`, the book waits to be renewed.
  [[nodiscard]] chain_step follow(channel_entry& channel, bool snapshot, std::uint64_t change_id,
                                  std::uint64_t previous_id) noexcept;

  /// A frame of this book could not be read: it waits to be renewed, like one whose chain broke. False when it did
  /// already.
  bool lose(channel_entry& channel) noexcept;

  /// A notification of a channel that is wished no longer.
  static void pass_over(channel_entry& channel) noexcept;

  /// Whether a channel of this name was dropped, so short a time ago that news of it may still be on their way.
  [[nodiscard]] bool is_stray(std::string_view name, base::time_point now) const noexcept;

  /// Whether channels that are wished no longer are to be unsubscribed.
  [[nodiscard]] bool has_unwished() const noexcept { return unwished_ > 0; }

  /// What to unsubscribe, at most what fits one call; they are `releasing` with this: channels that are wished no
  /// longer and, if `with_books`, the broken books that need not rest any longer. A book that breaks again before a
  /// frame of it fits rests 2 s, then twice as long each time, up to 64 s.
  [[nodiscard]] std::vector<std::string_view> begin_unsubscribe(base::time_point now, bool with_books);

  /// When there is a broken book that need not rest any longer; nothing while no book is broken.
  [[nodiscard]] std::optional<base::time_point> next_renewal() const noexcept;

  /// The unsubscribe call came to nothing, as far as anybody knows: its books are broken as before, and what is wished
  /// no longer is to be unsubscribed again.
  void unsubscribe_failed() noexcept;

  /// The unsubscribe call was answered: of what was `releasing`, the wished is `wanted` again, and the rest dropped.
  void end_unsubscribe(base::time_point now);

  /// Whether there are books to be renewed.
  [[nodiscard]] bool has_broken() const noexcept { return broken_ > 0; }

  /// How many calls it takes to ask for all channels that are wished.
  [[nodiscard]] std::size_t calls() const noexcept;

  /// How many channels are wished.
  [[nodiscard]] std::size_t size() const noexcept { return wished_; }

  /// How many names are remembered, those that were dropped among them.
  [[nodiscard]] std::size_t remembered() const noexcept { return index_.size(); }

private:
  enum class call : std::uint8_t { none, subscribe, unsubscribe };

  using entries = std::list<channel_entry>; // entries never move: the index looks into them

  [[nodiscard]] const channel_entry* find(std::string_view name) const noexcept;
  void take(const std::string& name, std::vector<std::string_view>& wrong);
  void add(const std::string& name);
  void unwish(entries::iterator at);
  void wish_again(channel_entry& channel, std::vector<std::string_view>& wrong);
  void drop(entries::iterator at, base::time_point now);
  void forget(entries& in, entries::iterator at);
  void restore(channel_entry& channel) noexcept;
  void doubt(channel_state in_call) noexcept;
  void set_broken(channel_entry& channel, bool broken) noexcept;
  void set_state(channel_entry& channel, channel_state state) noexcept;
  void set_wished(channel_entry& channel, bool wished) noexcept;
  void tally(const channel_entry& channel, int by) noexcept;

  entries channels_; // in the order in which they are asked for
  entries dropped_;  // the one that was dropped first, first; at most strays_max
  std::unordered_map<std::string_view, entries::iterator> index_;
  std::size_t wished_ = 0;
  std::size_t wanted_ = 0;     // and wished
  std::size_t unwished_ = 0;   // to be unsubscribed
  std::size_t subscribed_ = 0; // as far as anybody knows, or may be by the call that is under way
  std::size_t broken_ = 0;
  call call_ = call::none;
};

} // namespace cafnode::deribit
