#pragma once

#include "actors/session/order_table.hpp"
#include "runtime/base/time.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cafnode::session {

enum class query_kind : std::uint8_t { open_orders, by_label, by_id, fills_of_order, positions };

/// One question to the exchange.
struct query {
  query_kind kind = query_kind::open_orders;
  std::string label;      // by_label, by_id
  std::string instrument; // by_label: tells the currency
  std::string order_id;   // by_id, fills_of_order
  std::int64_t at_ms = 0; // by_id: the exchange's clock when it was last seen to know nothing of the label
};

struct reconcile_limits {
  /// An order that nobody knows is proven absent only this long after its valid_until: until then it may still be on
  /// its way, and for a while after the exchange's queries may lag behind its book.
  std::chrono::milliseconds absence_margin{2000};
  std::size_t attempts_max = 3; // for each question that fails
  /// What the labels of this connection begin with, whichever run of it made them: an open order that carries one is
  /// ours.
  std::string label_head;
  std::size_t in_flight_max = 8;
  /// An order that was acknowledged and that no query finds is presumed over only this long after its last news.
  /// Exchanges forget what is over after many minutes; queries that lag by more than the margin above were seen.
  std::chrono::milliseconds forget_margin{60'000};
};

/// What came out of it.
struct reconcile_summary {
  std::size_t adopted = 0;   // found open
  std::size_t ended = 0;     // found over: filled or cancelled
  std::size_t absent = 0;    // proven never placed
  std::size_t forgotten = 0; // acknowledged once, and unknown to the exchange by its own word: over
  std::size_t in_doubt = 0;  // still unknown; asked again later
  std::size_t foreign = 0;   // open orders that are not ours; left alone
};

/// Finds out what became of every order in doubt: first the open ones, then each missing label by name, then the fills
/// of those that are over (trades before a cancel is believed). Pure; works on the table of its connection.
class reconciliation {
public:
  reconciliation(order_table& orders, reconcile_limits limits) : orders_{&orders}, limits_{limits} {}

  /// Starts over: everything that is not over is in doubt until the exchange has spoken.
  void start();

  /// Looks once more at what the exchange has already spoken of: its first answers may have lagged behind its book.
  void verify();

  /// Starts a round that asks only about what is still in doubt.
  void resume();

  /// The next question to send; none while answers are awaited, or when the round is over.
  std::optional<query> next();

  /// Gives a question back that could not be sent now.
  void put_back(query unsent);

  // Answers. `exchange_ms` is the exchange's own clock as it answered: whether a fence has passed is its word, not
  // ours.
  void open_orders_answered(const std::vector<venues::order_report>& orders);
  // `unreadable` orders are in the answer and not in `orders`.
  void label_answered(const query& asked, std::vector<venues::order_report> orders, std::int64_t exchange_ms,
                      std::size_t unreadable = 0);
  // The answer to by_id is that there is no such order. True: it is presumed over. False: its last news are too young
  // for that, and it stays in doubt.
  bool id_unknown(const query& asked);
  void fills_answered(const query& asked);
  void positions_answered();
  /// Asked again at once, a few times. The open orders of a round that begins with `start` are held back instead: the
  /// round does not end before they were listed, so they are asked for until they are (`list_again`).
  void failed(const query& asked);
  void list_again();

  [[nodiscard]] bool is_held_back() const noexcept { return held_back_; }

  [[nodiscard]] bool running() const noexcept { return in_flight_ > 0 || !to_ask_.empty() || held_back_; }

  [[nodiscard]] const reconcile_summary& summary() const noexcept { return summary_; }

  /// When the first of the orders still in doubt can be asked about again with a chance of proof, as Unix ms; none when
  /// nothing is in doubt.
  [[nodiscard]] std::optional<std::int64_t> next_proof_ms() const;

  /// Second orders found under one of our labels, by exchange id: to be cancelled. Taking empties the list.
  [[nodiscard]] std::vector<std::string> take_duplicates();

private:
  void begin_round();
  void ask(query question);
  void ask_about_doubts();
  [[nodiscard]] bool is_ours(const venues::order_report& report) const;
  void take_over(const venues::order_report& report);
  [[nodiscard]] std::int64_t proof_ms(const known_order& order) const;

  order_table* orders_;
  reconcile_limits limits_;
  reconcile_summary summary_;
  std::deque<query> to_ask_;
  std::size_t in_flight_ = 0;
  bool must_list_ = false;                      // this round ends only with a list of the open orders
  bool held_back_ = false;                      // that list, until list_again
  std::map<std::string, std::size_t> attempts_; // failures by question
  std::vector<std::string> duplicates_;
};

} // namespace cafnode::session
