#pragma once

#include "runtime/base/time.hpp"

#include <cstddef>
#include <cstdint>
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
  asked,     // in the call that is under way
  confirmed, // in the exchange's answer
  missing,   // asked for, and not in the answer
  renewing,  // being unsubscribed, so that it can be subscribed anew
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
  bool chained = false;        // a snapshot came, and nothing is missing since
  bool broken = false;         // to be renewed
  std::string_view instrument; // in `name`, for tickers and books
  std::uint64_t change_id = 0; // of the last book frame
  unsigned renewals = 0;       // since a frame of it last fitted
  base::time_point rests_until{};
};

/// All channels of a connection, as they were asked for. One subscribe call is under way at a time.
class subscription_book {
public:
  /// Repeated names count once.
  explicit subscription_book(std::span<const std::string> channels);
  subscription_book(const subscription_book&) = delete;
  subscription_book& operator=(const subscription_book&) = delete;

  /// The next channels to ask for, at most what fits one call; empty when none is wanted. They are `asked` with this.
  [[nodiscard]] std::vector<std::string_view> next_call();

  struct comparison {
    std::vector<std::string> missing; // asked for, not answered
    std::vector<std::string> extra;   // answered, not asked for
  };

  /// Compares the exchange's answer with what was asked.
  [[nodiscard]] comparison settle_call(std::span<const std::string_view> answered);

  /// The call came to nothing, as far as anybody knows: its channels are wanted again. Books may be subscribed all the
  /// same, so they are `broken`: without an unsubscription no snapshot would come.
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

  /// The broken books that need not rest any longer, to be unsubscribed; they are `renewing` with this. One that breaks
  /// again before a frame of it fits rests 2 s, then twice as long each time, up to 64 s.
  [[nodiscard]] std::vector<std::string_view> begin_renewal(base::time_point now);

  /// When `begin_renewal` has something to give; nothing while no book is broken.
  [[nodiscard]] std::optional<base::time_point> next_renewal() const noexcept;

  /// The unsubscribe call came to nothing: what was `renewing` is broken as before.
  void unsubscribe_failed() noexcept;

  /// The unsubscribe call was answered: what was `renewing` is `wanted` again.
  void end_unsubscribe() noexcept;

  /// Whether there are books to be renewed.
  [[nodiscard]] bool has_broken() const noexcept { return broken_ > 0; }

  /// How many calls it takes to ask for all channels.
  [[nodiscard]] std::size_t calls() const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return channels_.size(); }

private:
  [[nodiscard]] const channel_entry* find(std::string_view name) const noexcept;
  void set_broken(channel_entry& channel, bool broken) noexcept;

  std::vector<channel_entry> channels_; // never grows after construction: the index looks into it
  std::unordered_map<std::string_view, std::size_t> index_;
  std::size_t broken_ = 0;
  bool call_under_way_ = false;
};

} // namespace cafnode::deribit
