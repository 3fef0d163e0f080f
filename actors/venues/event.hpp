#pragma once

#include "actors/venues/disposition.hpp"
#include "actors/venues/order.hpp"
#include "runtime/base/time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a protocol machine tells its owner. Views in these structs live until the call to `outbox::emit` returns.
namespace cafnode::venues {

/// Names one request of ours on one connection; never 0.
using request_id = std::uint64_t;

/// How far a connection has come.
enum class stage : std::uint8_t {
  authenticating, // the handshake frames are out
  subscribing,    // logged in, heartbeats on, cancel-on-disconnect as configured
  resumed,        // everything is subscribed: orders can be asked about
};

struct stage_reached {
  venues::stage stage = stage::authenticating;
};

/// The exchange wants a sign of life: it must get `machine::answer_heartbeat` well within the interval.
struct test_requested {};

/// The exchange's own sign of life.
struct heartbeat_seen {};

/// The exchange acknowledged the heartbeat answer that was sent `round_trip` ago.
struct heartbeat_acknowledged {
  base::duration round_trip{};
};

/// Channels that were asked for and are not in the exchange's answer.
struct subscription_missing {
  std::vector<std::string> channels;
};

/// An order request did what was asked: the order as it is now, and what it traded at once.
struct order_accepted {
  request_id request = 0;
  order_report order;
  std::vector<fill_report> fills;
};

/// An exchange that answers order requests with no more than this took one: what becomes of the order comes as news of
/// it, by its label, before or after this.
struct order_acknowledged {
  request_id request = 0;
  std::string order_id; // of a new order; empty where it did not say
};

/// A request failed by the exchange's own word, or (disposition unknown) without one: no answer in time, link lost.
struct request_failed {
  request_id request = 0;
  int code = 0; // the exchange's; 0 for our own deadline
  venues::disposition disposition = disposition::unknown;
  std::string text; // for a person
};

/// How many orders a cancel by label, or of all, has cancelled.
struct cancel_counted {
  request_id request = 0;
  std::int64_t count = 0;
};

/// Answers to queries.
struct orders_listed {
  request_id request = 0;
  std::vector<order_report> orders;
  std::int64_t exchange_ms = 0; // the exchange's own clock as it answered, Unix time; 0: it did not say
  std::size_t unreadable = 0;   // orders that are there and not in `orders`: only without any can one be absent
};

struct fills_listed {
  request_id request = 0;
  std::vector<fill_report> fills;
  bool has_more = false;
};

struct positions_listed {
  request_id request = 0;
  std::vector<position_report> positions;
};

/// News of an order, from its own channel; may overtake the answer to its request.
struct order_updated {
  order_report order;
};

struct filled {
  fill_report fill;
};

struct position_changed {
  position_report position;
};

struct ticker {
  std::string_view instrument;
  decimal best_bid, best_bid_amount, best_ask, best_ask_amount, last, mark, index;
  std::int64_t at_ms = 0;
};

enum class level_change : std::uint8_t { set, removed };

struct book_level {
  level_change change = level_change::set;
  decimal price;
  decimal amount;
};

struct book_changed {
  std::string_view instrument;
  bool snapshot = false;
  std::uint64_t change_id = 0;
  std::uint64_t previous_id = 0; // 0 for a snapshot
  std::span<const book_level> bids;
  std::span<const book_level> asks;
  std::int64_t at_ms = 0;
};

/// The chain of a book broke: it is subscribed anew by the machine, and wrong until its snapshot comes.
struct book_gap {
  std::string_view instrument;
};

struct public_trade {
  std::string_view instrument;
  venues::side taker = side::buy;
  decimal price;
  decimal amount;
  std::uint64_t trade_seq = 0;
  std::int64_t at_ms = 0;
};

/// A notification of a channel that this machine does not take apart; `data` is its JSON text.
struct raw_notification {
  std::string_view channel;
  std::string_view data;
};

/// The exchange says that it is (or is no longer) under maintenance or locked.
struct platform_changed {
  bool locked = false;
  std::string text;
};

/// Something of what the peer sent cannot be read. Only `not_json` counts against a connection: an exchange that says
/// more than this version knows is not broken. Append, and to `fault_kinds` too.
enum class fault_kind : std::uint8_t {
  not_json,          // half a frame, invalid UTF-8, garbage
  wrong_shape,       // a field, a record or a frame that is not what the protocol says
  unknown_reply,     // an answer to nobody, or a second answer
  foreign_channel,   // a notification of a channel that was not subscribed here
  bad_number,        // a price or an amount that cannot be held exactly
  unsolicited_error, // an error without a request
  unknown_message,   // a method, or a type of heartbeat, that this version does not know
  unknown_word,      // a state, a direction or the like that it does not know
};

inline constexpr std::size_t fault_kinds = 8;

struct protocol_fault {
  fault_kind kind = fault_kind::wrong_shape;
  std::string detail;      // for a person, cut at 200 bytes, no secrets
  std::string text = {};   // the record or the frame as it came, cut at 400 bytes; empty where it may hold a secret
  std::uint32_t count = 1; // of this kind in one frame; `detail` and `text` are the first one's
};

/// Something that the machine does by itself to keep a live connection going has failed: a renewal of the login, a
/// subscription. It is tried again; what it would have renewed is good meanwhile.
struct upkeep_failed {
  std::string text;          // what, and what the exchange said
  base::duration retry_in{}; // zero: not tried again
};

using event =
    std::variant<stage_reached, test_requested, heartbeat_seen, heartbeat_acknowledged, subscription_missing,
                 order_accepted, request_failed, cancel_counted, orders_listed, fills_listed, positions_listed,
                 order_updated, filled, position_changed, ticker, book_changed, book_gap, public_trade,
                 raw_notification, platform_changed, protocol_fault, upkeep_failed, order_acknowledged>;

[[nodiscard]] std::string_view to_string(stage value) noexcept;
[[nodiscard]] std::string_view to_string(fault_kind value) noexcept;

} // namespace cafnode::venues
