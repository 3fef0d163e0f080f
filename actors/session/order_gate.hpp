#pragma once

#include "actors/session/gate_policy.hpp"
#include "actors/session/messages.hpp"
#include "actors/session/order_messages.hpp"
#include "actors/session/reconciliation.hpp"
#include "actors/session/session_context.hpp"
#include "actors/session/stream_check.hpp"
#include "runtime/base/backoff.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/process/process_base.hpp"

#include <caf/response_promise.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace cafnode::session {

/// The one way in for orders of a connection: rate budget, cap on what is unanswered, labels; and what became of them.
/// Nothing reaches the exchange past it.
///
/// Accepts: place_order, edit_order, cancel_order, list_orders (requests, from anybody); begin_reconcile,
///          orders_allowed, order_news, news_ended, limits_changed (from the client).
/// Sends:   gate_up, order_command, reconcile_waits, reconciled, private_stream_muted (to the client); order_outcome,
///          order_list (answers).
/// Stops:   when asked, after the answers that are still awaited; safe to kill: the next one finds everything out anew.
class order_gate final : public process::process_base {
public:
  order_gate(caf::actor_config& config, std::shared_ptr<session_context> context);

protected:
  caf::behavior behave() override;
  void on_stop(const caf::error& reason) override;
  void on_held(orders_held asked);
  void on_end(const caf::error& reason) override;

private:
  /// An order, an edit or a cancel whose answer is awaited.
  struct awaited {
    enum class what { place, edit, cancel } what = what::place;
    std::string label;
    caf::response_promise promise;
    base::decimal amount{}; // as an edit wants them
    base::decimal price{};
    bool acknowledged = false; // the exchange has answered, and not said yet what it did
    process::timer report_timer{};
  };

  using awaited_requests = std::map<std::uint64_t, awaited>;

  /// An order, an edit or a cancel on its way in.
  struct order_wish {
    std::variant<place_order, edit_order, cancel_order> wanted;
    caf::response_promise promise;
    base::moment asked;
  };

  // -- requests: order_gate_requests.cpp -----------------------------------------------------------------------------
  caf::response_promise on_order(order_wish wish);
  caf::response_promise on_cancel(order_wish wish);
  void serve_line();
  [[nodiscard]] std::string why_not(const cancel_order& wanted) const;
  [[nodiscard]] gate_verdict admit(const order_wish& wish, base::time_point at);
  void go_on_waiting(base::time_point at);
  [[nodiscard]] base::time_point waits_until(const order_wish& wish) const;
  [[nodiscard]] std::int64_t valid_until_ms(const order_wish& wish) const;
  void send(const place_order& wanted, const order_wish& wish);
  void send(const edit_order& wanted, const order_wish& wish);
  void send(const cancel_order& wanted, const order_wish& wish);
  void allow(bool allowed);
  [[nodiscard]] order_list on_list() const;
  [[nodiscard]] const known_order* find(const std::string& label_or_id) const;
  void command(awaited request, order_command wanted);
  static caf::response_promise refuse(caf::response_promise promise, std::string text);

  // -- answers -------------------------------------------------------------------------------------------------------
  void on_news(const order_news& news);
  void after_news();
  void settle(awaited request, const order_news& news);
  void settle_acceptance(awaited& request, const venues::order_accepted& accepted);
  void settle_failure(awaited& request, const venues::request_failed& failed);
  [[nodiscard]] awaited take_awaited(awaited_requests::iterator at);
  void unasked(const order_news& news);
  void take(const venues::order_report& news, std::string_view source);
  void take(const venues::fill_report& fill);
  [[nodiscard]] bool is_ours(const venues::order_report& report) const;
  void cancel_duplicate(const std::string& order_id);

  // -- answers that are no more than an acknowledgement: order_gate_acknowledged.cpp ---------------------------------
  void acknowledge(awaited_requests::iterator at, const venues::order_acknowledged& taken);
  void settle_reported();
  [[nodiscard]] std::optional<order_outcome> reported(const awaited& request) const;
  void on_unreported(std::uint64_t token);
  void on_news_ended();
  void give_up_report(awaited_requests::iterator at, std::string_view why);

  // -- reconciliation ------------------------------------------------------------------------------------------------
  void begin_reconciliation();
  void pump();
  void answered(const query& asked, const order_news& news);
  void list_later(const order_news& news);
  void end_round();
  void ask_later(std::int64_t proof_ms);

  // -- the look at what the stream may have kept to itself: order_gate_look.cpp ---------------------------------------
  /// A fill or a cancel that the stream keeps to itself is noticed after the second look at the latest, 2 s later.
  static constexpr std::chrono::seconds look_every{5};

  void look_later(base::duration wait);
  void look();
  void on_look(const order_news& news);

  void refresh_counters();

  [[nodiscard]] std::uint64_t next_token() { return ++context_->last_token; }

  std::shared_ptr<session_context> context_;
  gate_policy policy_;
  reconciliation reconciliation_;
  bool allowed_ = false;           // the connection is live
  bool announced_ = false;         // this incarnation has told the client that it is reconciled
  bool verified_ = false;          // what was adopted has been looked at a second time
  std::deque<order_wish> cancels_; // wait for the budget, before the line; at most in_flight_max
  std::deque<order_wish> line_;    // waits for the budget; with what is unanswered at most in_flight_max
  process::timer line_timer_;
  awaited_requests awaited_;             // bounded by the policy's in_flight_max and the client's own bound
  std::size_t acknowledged_ = 0;         // of them
  std::map<std::uint64_t, query> asked_; // bounded by reconcile_limits::in_flight_max
  base::backoff list_pauses_;
  base::rng chance_;
  stream_check stream_check_;
  std::uint64_t look_token_ = 0; // 0: no look is under way
  bool stream_spoke_ = false;    // since the last look
  bool stream_doubted_ = false;  // found muted, and it has not spoken since
  process::timer look_timer_;
  process::timer pump_timer_;
  process::timer list_timer_;
  process::timer proof_timer_;
  std::optional<caf::error> stopping_;
  process::timer drain_timer_;
};

} // namespace cafnode::session
