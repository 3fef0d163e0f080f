#pragma once

#include "actors/session/fault_sampler.hpp"
#include "actors/session/messages.hpp"
#include "actors/session/phase.hpp"
#include "actors/session/session_context.hpp"
#include "actors/session/write_permit.hpp"
#include "runtime/process/process_base.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace cafnode::session {

/// Owns the sockets of one connection and the protocol machine of its exchange, from dial to close: one incarnation. It
/// ends when the first of them does, and its supervisor starts the next. HTTP requests of the machine end with it.
///
/// Accepts: the links' callbacks as messages; manager_up, answer_heartbeat, send_probe, connection_silent (manager);
///          gate_up, reconcile_waits, reconciled, private_stream_muted, order_command (gate); close_connection,
///          settings_changed (operator).
/// Sends:   test_request_seen (manager); begin_reconcile, orders_allowed, order_news, news_ended (gate); limits_changed
///          (both).
/// Stops:   with peer_unavailable when the connection is lost or silent or gets no further in a phase, refused when the
///          exchange says no for good.
class exchange_client final : public process::process_base, private venues::outbox {
public:
  exchange_client(caf::actor_config& config, std::shared_ptr<session_context> context);

protected:
  caf::behavior behave() override;
  void on_stop(const caf::error& reason) override;
  void on_end(const caf::error& reason) override;

private:
  // -- venues::outbox ----------------------------------------------------------------------------------------------
  void send(venues::lane to, std::string_view frame) override;
  bool ask(const venues::http_request& request) override;
  void open_lane(venues::lane lane, const venues::lane_spec& where) override;
  bool may_spend(const venues::credits& cost) override;
  void emit(const venues::event& happened) override;
  void close(venues::give_up why, std::string_view text, std::chrono::milliseconds retry_after) override;

  // -- messages ------------------------------------------------------------------------------------------------------
  void on_lane_opened(venues::lane lane);
  void on_opened();
  void on_http_answered(const venues::http_answer& answer);
  void on_frame(venues::lane from);
  void on_ping(venues::lane from);
  void on_gone(const link_gone& gone);
  void on_manager_up(const caf::actor& manager);
  void on_gate_up(const caf::actor& gate);
  void on_reconciled(const reconcile_summary& summary);
  void on_command(const order_command& command);
  void on_stream_muted(const private_stream_muted& muted);
  void on_silent(base::duration quiet);
  void on_settings_changed();

  // -- what the machine emits ----------------------------------------------------------------------------------------
  void handle(const venues::stage_reached& reached);
  void handle(const venues::test_requested&);
  void handle(const venues::heartbeat_acknowledged& acknowledged);
  void handle(const venues::subscription_missing& missing);
  void handle(const venues::platform_changed& changed);
  void handle(const venues::protocol_fault& fault);
  void handle(const venues::upkeep_failed& failed);

  void handle(const venues::cancel_counted&) {}

  void handle(const venues::heartbeat_seen&) {}
  template<class Answer>

  requires requires(const Answer& answer) { answer.request; }

  void handle(const Answer& answer);
  void handle(const venues::order_updated& updated);
  void handle(const venues::filled& filled);
  template<class MarketData>
  void handle(const MarketData& data);

  // -- the account's budget: exchange_client_setup.cpp --------------------------------------------------------------
  void wait_for_turn();
  [[nodiscard]] bool has_machine();
  [[nodiscard]] bool is_held();
  [[nodiscard]] std::string refused(std::string_view text);
  [[nodiscard]] login_hold::who login_name() const;
  [[nodiscard]] std::string retry_now() const;
  [[nodiscard]] base::duration book_dials();
  void dial();
  [[nodiscard]] rate_budget::turn ask_turn();
  void settle_spending();

  // -- steps ---------------------------------------------------------------------------------------------------------
  void advance(phase to, std::string cause);

  void got_on() { got_on_at_ = now().steady; }

  void watch_phase(base::duration span);
  void on_phase_due();
  void find_siblings();
  [[nodiscard]] bool is_current() const;
  void ask_for_reconciliation();
  void answer_now(bool by_ourselves);
  void count_answer(base::moment at, base::duration span);
  void count_missed(base::moment at, base::duration late, std::string_view how);
  void count_unanswered(bool for_it);
  void arm_tick();
  void tell_gate(order_news news);
  venues::request_id submit(const order_command& command);
  venues::request_id submit(const query& question);
  void give_up(process::reason_code code, std::string cause, std::uint16_t close_code, std::string text,
               std::chrono::milliseconds retry_after = std::chrono::milliseconds{0}, std::uint16_t http_status = 0,
               bool at_home = false);
  [[nodiscard]] std::string at_peer(std::string_view text) const;
  void finish_stop();
  void close_link(std::uint16_t code, std::string_view text);

  std::shared_ptr<session_context> context_;
  connection_counters& counters_;
  write_permit permit_;
  phase_track phase_;
  fault_sampler faults_;
  std::unique_ptr<venues::machine> machine_; // null until nothing holds the connection back
  base::time_point machine_made_at_{};
  lane_links links_;
  http_calls calls_;
  caf::actor manager_; // null while it is away: heartbeats are answered here
  caf::actor gate_;    // null while it is away
  watch_id manager_watch_ = 0;
  watch_id gate_watch_ = 0;
  std::optional<venues::live_settings> changed_early_; // before the machine was opened
  bool resumed_ = false;                               // the machine has everything subscribed
  frame_role role_ = frame_role::news;                 // of the frame that is being read
  process::timer answer_timer_;
  base::time_point got_on_at_{}; // when something last happened in this phase
  process::timer phase_timer_;
  bool held_ = false;         // waits after a refusal of its predecessor
  process::timer turn_timer_; // until the next look at the budget, or until the turn is given back
  process::timer tick_timer_;
  base::time_point tick_due_ = base::time_point::max();
  std::map<venues::request_id, std::uint64_t> tokens_; // requests of the gate; bounded by the machine's pending_max
  std::optional<caf::error> stopping_;
  bool closing_ = false; // the stop has come as far as closing the link
  process::timer drain_timer_;
};

} // namespace cafnode::session
