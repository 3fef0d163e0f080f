#pragma once

#include "actors/venues/order.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::session {

/// How sure we are of one order.
enum class certainty : std::uint8_t {
  asked,    // the request is out, the answer is awaited
  sure,     // the exchange's own word, on a connection that is still up
  in_doubt, // the answer, or the connection that would have brought news, was lost: it may be anything
};

/// One order of ours as this connection knows it.
struct known_order {
  venues::order_request request; // what was asked
  venues::order_report report;   // what the exchange last said; state unknown while it has not spoken
  session::certainty certainty = certainty::asked;
  bool presumed = false; // over by an error, or by what is no longer said, not by a report of the order
};

struct order_limits {
  std::size_t live_max = 1024;   // orders that are not over
  std::size_t ended_max = 256;   // ended ones that are remembered, the oldest forgotten first
  std::size_t trades_max = 4096; // trade ids remembered, so that no fill counts twice
};

/// The orders of a table: those that are not over by label, then the ended ones, oldest first.
struct order_copy {
  std::vector<known_order> live;
  std::vector<known_order> ended;
};

/// What a report did to the table.
enum class report_effect : std::uint8_t {
  changed,   // news
  stale,     // older than what is known, or nothing new: ignored
  foreign,   // not an order of ours
  duplicate, // a second order under one label of ours: alarm, and cancel the younger
};

/// The orders of one connection, by label. Rules: unknown is never dead (an order leaves the table only by the
/// exchange's word or by proven absence); what is over by its word never comes back, what was only presumed over does
/// when it speaks of it; filled amounts never shrink; a fill counts once.
///
/// It outlives the actors of its connection, which hand it from one incarnation to the next. One thread, that of the
/// connection; only `copy` may be called from any other.
class order_table {
public:
  explicit order_table(order_limits limits = {});
  order_table(const order_table&) = delete;
  order_table& operator=(const order_table&) = delete;

  /// All orders as they are at one moment, from any thread. The connection's own is held up for as long as they are
  /// copied: a few hundred microseconds with a full table.
  [[nodiscard]] order_copy copy() const;

  /// An order is about to be sent. False when `live_max` orders are not over; the label must be new.
  bool begin(const venues::order_request& request);

  /// The exchange refused it: nothing was placed.
  void refused(std::string_view label);

  /// The exchange took it and calls it `order_id`; what it is, is not said yet.
  void acknowledged(std::string_view label, std::string_view order_id);

  /// It was proven that the exchange has never seen it and never will.
  void absent(std::string_view label);

  /// Takes in an open order that carries a label of ours and that an earlier run of this connection placed. False when
  /// there is no room, when it is known, or when it is over.
  bool adopt(const venues::order_report& report);

  /// The exchange says that it knows this order, which it had acknowledged, no longer: it is over, and what it traded
  /// last is not known.
  void forgotten(std::string_view label);

  /// Takes over what the exchange says of an order, whichever way the news came. What the report lacks stays as it was;
  /// without a state, or over without a filled amount, the order is in doubt and never over.
  report_effect apply(const venues::order_report& report);

  /// True when this fill is new.
  bool apply(const venues::fill_report& fill);

  /// Nobody knows about this order, about any, or about any that the exchange has spoken of, until it is asked again.
  void doubt(std::string_view label);
  void doubt_all();
  void doubt_acknowledged();

  /// Whether the exchange has reported this order, which is not over, whatever it said.
  [[nodiscard]] bool has_spoken_of(std::string_view label) const;

  [[nodiscard]] const known_order* find(std::string_view label) const;
  [[nodiscard]] const known_order* find_ended(std::string_view label) const;
  [[nodiscard]] const known_order* find_by_id(std::string_view order_id) const;

  /// Copies, by label: those that are not over, those in doubt, and those that ended, oldest first.
  [[nodiscard]] std::vector<known_order> live() const;
  [[nodiscard]] std::vector<known_order> in_doubt() const;

  [[nodiscard]] std::vector<known_order> ended() const { return {ended_.begin(), ended_.end()}; }

  [[nodiscard]] std::size_t live_count() const noexcept { return live_.size(); }

  [[nodiscard]] std::size_t doubt_count() const noexcept;

private:
  using live_map = std::map<std::string, known_order, std::less<>>;

  [[nodiscard]] live_map::iterator find_reported(const venues::order_report& report);
  live_map::iterator take_back(const venues::order_report& report);
  void end(live_map::iterator found);

  [[nodiscard]] bool has_ended(std::string_view label) const { return find_ended(label) != nullptr; }

  order_limits limits_;
  mutable std::mutex writing_; // held by whatever changes the orders, and by `copy`
  live_map live_;
  std::deque<known_order> ended_;
  std::deque<std::string> trades_in_order_;
  std::set<std::string, std::less<>> trades_;
};

/// Whether an order in this state is over.
[[nodiscard]] bool is_over(venues::order_state state) noexcept;

} // namespace cafnode::session
