#pragma once

#include "actors/venues/deribit/auth.hpp"
#include "actors/venues/event.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace cafnode::deribit {

enum class frame_kind : std::uint8_t { test_request, heartbeat, notification, result, error };

/// What a frame is, before its content is read. Views live until the next `open`.
struct envelope {
  frame_kind kind = frame_kind::heartbeat;
  std::optional<venues::request_id>
      id;                   // of a result or an error; nothing when it has none, or one that is not a number
  std::string_view channel; // of a notification
  int code = 0;             // of an error, as are the next three
  std::string_view message;
  std::string_view reason;
  std::string_view parameter;
  std::chrono::milliseconds wait{0}; // the exchange asks to be left alone for so long (data.wait, in seconds)
  std::int64_t exchange_us =
      0; // the exchange's clock as it answered (usOut), once the frame is read whole; 0: not told
};

/// A book frame; the levels live in the decoder.
struct book_frame {
  bool snapshot = false;
  std::string_view instrument;
  std::uint64_t change_id = 0;
  std::uint64_t previous_id = 0;
  std::int64_t at_ms = 0;
  std::vector<venues::book_level> bids;
  std::vector<venues::book_level> asks;
};

struct account_changes {
  std::vector<venues::order_report> orders;
  std::vector<venues::fill_report> fills;
  std::vector<venues::position_report> positions;
};

/// Nothing when a frame was read, else what is wrong with it.
using decode_fault = std::optional<venues::protocol_fault>;

/// Takes frames apart. Keys may come in any order, unknown keys are passed over. One frame at a time: `open` it, then
/// read its content with the function that fits.
///
/// Orders, trades and positions are records: one that cannot be read is passed over and the others are taken; of an
/// order or a trade that says whose it is, the fields that can be read are taken and `lacks` tells the others. What was
/// passed over is in `notes`. Tickers and books are read whole or not at all. A frame that is no JSON gives nothing at
/// all.
///
/// Numbers are taken from their digits, in quotes or not: one that a decimal cannot hold is a fault, never rounded,
/// except for averages and fees, and for what binary arithmetic leaves behind the fifteenth digit.
///
/// Reads up to 64 bytes behind a frame's end. Keeps its memory between frames, as much as the largest frame needed.
class frame_decoder {
public:
  frame_decoder();
  ~frame_decoder();
  frame_decoder(const frame_decoder&) = delete;
  frame_decoder& operator=(const frame_decoder&) = delete;

  /// Says what `frame` is. Both it and `to` must stand while the content is read: the end of the frame is looked at
  /// only then, so nothing may be believed before that went well.
  [[nodiscard]] decode_fault open(std::string_view frame, envelope& to);

  // The result of an answer. Arrays of orders and trades are read the same way in notifications.
  [[nodiscard]] decode_fault read_ok();
  [[nodiscard]] decode_fault read_anything(); // where any result means that it was done
  [[nodiscard]] decode_fault read_grant(token_grant& to);
  [[nodiscard]] decode_fault read_channels(std::vector<std::string_view>& to);
  [[nodiscard]] decode_fault read_count(std::int64_t& to);
  [[nodiscard]] decode_fault read_placed(venues::order_report& order, std::vector<venues::fill_report>& fills);
  [[nodiscard]] decode_fault read_order(venues::order_report& to);
  [[nodiscard]] decode_fault read_orders(std::vector<venues::order_report>& to);
  [[nodiscard]] decode_fault read_fills(std::vector<venues::fill_report>& to, bool& has_more);
  [[nodiscard]] decode_fault read_positions(std::vector<venues::position_report>& to);

  // The data of a notification.
  [[nodiscard]] bool content_is_array() const noexcept;                 // orders come alone or in an array,
  [[nodiscard]] decode_fault read_order_news(venues::order_report& to); // which this reads alone
  [[nodiscard]] decode_fault read_own_trades(std::vector<venues::fill_report>& to);
  [[nodiscard]] decode_fault read_changes(account_changes& to);
  [[nodiscard]] decode_fault read_ticker(venues::ticker& to);
  [[nodiscard]] decode_fault read_book(book_frame& to);
  [[nodiscard]] decode_fault read_trades(std::vector<venues::public_trade>& to);
  [[nodiscard]] decode_fault read_platform(venues::platform_changed& to);
  [[nodiscard]] decode_fault read_raw(std::string_view& to); // the data's JSON text

  /// What of the frame had to be passed over, one a kind; complete once its content is read.
  [[nodiscard]] const std::vector<venues::protocol_fault>& notes() const noexcept;

  /// How many records of the content were passed over as a whole.
  [[nodiscard]] std::size_t passed_over() const noexcept;

  /// The frames of a batch: the elements of the array that `frame` is.
  [[nodiscard]] decode_fault split(std::string_view frame, std::vector<std::string_view>& to);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafnode::deribit
