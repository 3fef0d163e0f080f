#include "actors/session/exchange_client.hpp"

#include "actors/session/counting.hpp"
#include "runtime/process/tell.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::session {

namespace {

constexpr std::uint16_t normal_closure = 1000;
constexpr std::uint16_t going_away = 1001;

} // namespace

exchange_client::exchange_client(caf::actor_config& config, std::shared_ptr<session_context> context)
    : process_base{config, context->config.path + "/exchange_client"},
      context_{std::move(context)},
      counters_{context_->outside.record->counters},
      permit_{*this},
      phase_{now().steady},
      links_{*this},
      calls_{*this} {}

caf::behavior exchange_client::behave() {
  context_->client = caf::actor_cast<caf::actor>(this);
  if (context_->outside.settings)
    context_->take_settings();
  context_->outside.record->set_client(context_->client);
  counters_.last_frame_ns.store(0, std::memory_order_relaxed);
  context_->pulse.dialing();
  context_->spending.ended(now().steady); // of one that was given up
  find_siblings();
  wait_for_turn();
  return {
      [this](link_frame_ready ready) { on_frame(ready.lane); },
      [this](link_opened opened) { on_lane_opened(opened.lane); },
      [this](link_pinged ping) { on_ping(ping.lane); },
      [this](const link_gone& gone) { on_gone(gone); },
      [this](const http_answered& answered) { on_http_answered(answered.answer); },
      [this](answer_heartbeat) { answer_now(false); },
      [this](const manager_up& up) { on_manager_up(up.manager); },
      [this](const gate_up& up) { on_gate_up(up.gate); },
      [this](send_probe) {
        if (!resumed_)
          return;
        machine_->answer_heartbeat(now(), *this);
        settle_spending();
      },
      [this](const connection_silent& silent) { on_silent(silent.quiet); },
      [this](reconcile_waits) { got_on(); },
      [this](const reconciled& known) {
        // The word of a gate that is gone says nothing of what its successor knows.
        if (gate_ && current_sender() && current_sender()->id() == gate_->id())
          on_reconciled(known.summary);
      },
      [this](const order_command& command) { on_command(command); },
      [this](const private_stream_muted& muted) { on_stream_muted(muted); },
      [this](settings_changed) { on_settings_changed(); },
      [this](const close_connection& request) {
        context_->retries_at_once = held_;
        give_up(process::reason_code::peer_unavailable, "closed by operator", normal_closure, request.why);
      },
  };
}

// -- the link ---------------------------------------------------------------------------------------------------------

void exchange_client::on_frame(venues::lane from) {
  if (!links_)
    return;
  const auto at = now();
  const auto frame = links_.frame(from);
  counters_.last_frame_ns.store(at.steady.time_since_epoch().count(), std::memory_order_relaxed);
  count(counters_.frames_in);
  counters_.bytes_in.fetch_add(frame.size(), std::memory_order_relaxed);
  context_->pulse.attend(at.steady);
  role_ = frame_role::news;
  machine_->receive(from, frame, at, *this);
  settle_spending();
  context_->pulse.heard(role_, at.steady);
  arm_tick();
  // The machine may have given the connection up.
  if (links_)
    links_.read_next(from);
  if (stopping_ && machine_->pending() == 0)
    finish_stop();
}

void exchange_client::on_gone(const link_gone& gone) {
  if (!links_)
    return;
  const auto& info = gone.info;
  const bool was_last = links_.closed(gone.lane);
  count_unanswered(info.cause == net::close_cause::by_peer && machine_->ends_for_heartbeat(info.code));
  if (stopping_) {
    // One that is being closed waits until each lane is.
    if (was_last || !closing_)
      stop(*stopping_);
    return;
  }
  give_up(process::reason_code::peer_unavailable, std::string{net::to_string(info.cause)}, info.code,
          info.reason.empty() ? info.detail : info.reason + "; " + info.detail, info.retry_after, info.http_status,
          info.at_home);
}

// -- the machine's effects --------------------------------------------------------------------------------------------

void exchange_client::send(venues::lane to, std::string_view frame) {
  if (!permit_.holds() || !links_.send(to, frame))
    return;
  count(counters_.frames_out);
  context_->answers.spoke(now().steady);
}

void exchange_client::close_link(std::uint16_t code, std::string_view text) {
  if (permit_.holds())
    links_.close(code, text);
}

void exchange_client::emit(const venues::event& happened) {
  std::visit([this](const auto& one) { handle(one); }, happened);
}

void exchange_client::close(venues::give_up why, std::string_view text, std::chrono::milliseconds retry_after) {
  const bool refused = why == venues::give_up::refused;
  if (refused)
    links_.acquit(); // at any other address it would be told the same
  if (why == venues::give_up::over_rate && is_current())
    context_->spending.drain(now().steady);
  give_up(refused ? process::reason_code::refused : process::reason_code::peer_unavailable,
          refused ? "refused" : "unavailable", 0, refused ? this->refused(at_peer(text)) : at_peer(text), retry_after);
}

void exchange_client::handle(const venues::stage_reached& reached) {
  if (stopping_)
    return;
  if (reached.stage == venues::stage::subscribing && context_->outside.logins)
    context_->outside.logins->accepted();
  if (reached.stage == venues::stage::subscribing)
    advance(phase::subscribing, "logged in");
  if (reached.stage != venues::stage::resumed)
    return;
  resumed_ = true;
  context_->pulse.ready(now().steady);
  advance(phase::reconciling, "subscribed");
  ask_for_reconciliation();
}

void exchange_client::handle(const venues::test_requested&) {
  count(counters_.heartbeats_asked);
  context_->answers.asked(now().steady, context_->pulse.away());
  if (!manager_) {
    answer_now(true);
    return;
  }
  process::tell(*this, manager_, test_request_seen{});
  // A manager that is up but stuck must not cost the connection.
  answer_timer_ = after(context_->config.heartbeat.answer_deadline, [this] { answer_now(true); });
}

void exchange_client::answer_now(bool by_ourselves) {
  if (!context_->answers.waits() || !links_)
    return;
  const auto sent_before = counters_.frames_out.load(std::memory_order_relaxed);
  machine_->answer_heartbeat(now(), *this);
  settle_spending();
  answer_timer_.cancel();
  arm_tick();
  // Only what the link took is an answer; otherwise the end of the connection counts it as missed.
  if (counters_.frames_out.load(std::memory_order_relaxed) == sent_before)
    return;
  const auto written = now();
  count(counters_.heartbeats_answered);
  if (const auto span = context_->answers.answered(written.steady))
    count_answer(written, *span);
  if (!by_ourselves)
    return;
  count(counters_.heartbeats_by_client);
  context_->notify(fact::heartbeat_by_client{}, written, "the heartbeat manager was away; the client answered itself");
}

void exchange_client::count_answer(base::moment at, base::duration span) {
  counters_.answer_time.record(span);
  if (context_->answers.missed(span))
    count_missed(at, span, "a heartbeat was answered too late");
}

void exchange_client::count_missed(base::moment at, base::duration late, std::string_view how) {
  count(counters_.heartbeats_missed);
  context_->notify(fact::heartbeat_missed{late}, at, std::string{how});
}

void exchange_client::count_unanswered(bool for_it) {
  const auto at = now();
  context_->pulse.attend(at.steady);
  if (const auto late = context_->answers.ended(at.steady, for_it, context_->pulse.away()))
    count_missed(at, *late, "a heartbeat was not answered before the connection ended");
}

void exchange_client::handle(const venues::heartbeat_acknowledged& acknowledged) {
  counters_.round_trip.record(acknowledged.round_trip);
  role_ = frame_role::answer;
  context_->pulse.acknowledged(acknowledged.round_trip, now().steady);
}

void exchange_client::handle(const venues::subscription_missing& missing) {
  context_->notify(fact::subscription_missing{missing.channels}, now(),
                   "the exchange left out channels that were asked for");
}

void exchange_client::handle(const venues::platform_changed& changed) {
  context_->notify(fact::platform_changed{changed.locked}, now(), changed.text);
}

void exchange_client::handle(const venues::protocol_fault& fault) {
  counters_.protocol_faults.fetch_add(fault.count, std::memory_order_relaxed);
  counters_.faults_by_kind.at(static_cast<std::size_t>(fault.kind)).fetch_add(fault.count, std::memory_order_relaxed);
  const auto at = now();
  const auto since = faults_.show(fault, at.steady);
  if (since)
    context_->notify(fact::protocol_fault{fault.kind, *since, fault.text}, at, fault.detail);
}

void exchange_client::handle(const venues::upkeep_failed& failed) {
  const bool again = failed.retry_in > base::duration::zero();
  context_->notify(fact::upkeep_failed{again ? std::optional{failed.retry_in} : std::nullopt}, now(),
                   failed.text + (again ? "; tried again, the connection stays up" : ""));
}

template<class Answer>

requires requires(const Answer& answer) {
  answer.request;
}

void exchange_client::handle(const Answer& answer) {
  const auto found = tokens_.find(answer.request);
  if (found == tokens_.end())
    return; // a request of the machine's own
  const auto token = found->second;
  tokens_.erase(found);
  tell_gate({token, answer});
}

void exchange_client::handle(const venues::order_updated& updated) {
  tell_gate({0, updated});
}

void exchange_client::handle(const venues::filled& filled) {
  tell_gate({0, filled});
}

template<class MarketData>
void exchange_client::handle(const MarketData& data) {
  if (context_->outside.market)
    context_->outside.market->on_market(context_->config.name, data);
}

// -- the siblings -----------------------------------------------------------------------------------------------------

void exchange_client::on_manager_up(const caf::actor& manager) {
  if (manager == manager_)
    return;
  unwatch(manager_watch_);
  manager_ = manager;
  manager_watch_ = watch(manager, [this](const caf::error&) {
    manager_ = nullptr;
    // What it was asked and had not answered yet is answered here: no heartbeat is lost to a restart of ours.
    answer_timer_.cancel();
    answer_now(true);
  });
}

void exchange_client::on_silent(base::duration quiet) {
  give_up(process::reason_code::peer_unavailable, "silent", 0,
          at_peer(fmt::format("nothing came for {} ms", to_ms(quiet))));
}

// -- time and ends ----------------------------------------------------------------------------------------------------

void exchange_client::arm_tick() {
  const auto due = machine_->next_due();
  // An earlier timer that finds nothing to do costs less than a new one for every request.
  if (!due || *due >= tick_due_ || !links_)
    return;
  tick_due_ = *due;
  const auto wait = std::max<base::duration>(*due - now().steady, std::chrono::milliseconds{1});
  tick_timer_ = after(wait, [this] {
    tick_due_ = base::time_point::max();
    machine_->tick(now(), *this);
    settle_spending();
    arm_tick();
  });
}

/// Of several addresses only one may be what fails.
std::string exchange_client::at_peer(std::string_view text) const {
  return links_ ? fmt::format("{}, at {}", text, links_.peer()) : std::string{text};
}

void exchange_client::give_up(process::reason_code code, std::string cause, std::uint16_t close_code, std::string text,
                              std::chrono::milliseconds retry_after, std::uint16_t http_status, bool at_home) {
  if (phase_.current() == phase::closed)
    return;
  const auto at = now();
  context_->outside.record->set_closed({cause, close_code, text, at});
  if (!context_->lost_at) // the first of several closes in a row is the loss
    context_->lost_at = at.steady;
  context_->notify(fact::link_closed{cause, close_code, http_status, retry_after, at_home}, at, text);
  advance(phase::closed, cause + (text.empty() ? "" : ": " + text));
  stop(process::make_reason(code, cause + ": " + text, retry_after));
}

void exchange_client::on_stop(const caf::error& reason) {
  context_->retries_at_once = held_;
  if (stopping_ || !links_ || !resumed_) {
    stop(reason);
    return;
  }
  stopping_ = reason;
  advance(phase::draining, process::text_of(reason));
  if (gate_)
    process::tell(*this, gate_, orders_allowed{false});
  drain_timer_ = after(context_->config.drain_max, [this] { finish_stop(); });
  if (machine_->pending() == 0)
    finish_stop();
}

void exchange_client::finish_stop() {
  if (closing_)
    return;
  closing_ = true;
  drain_timer_ = after(context_->config.drain_max, [this] { stop(*stopping_); });
  // With cancel-on-disconnect the user wants no order left alone: the close cancels them. Without it they stay, and a
  // logout tells the exchange that this is meant.
  if (context_->config.has_orders && !context_->config.cancel_on_disconnect)
    machine_->log_out(now(), *this);
  else
    close_link(going_away, "the node is stopping");
}

void exchange_client::on_end(const caf::error& reason) {
  if (is_current())
    count_unanswered(false);
  if (machine_)
    machine_->abandon(now(), *this);
  if (gate_)
    process::tell(*this, gate_, news_ended{});
  if (is_current())
    context_->spending.ended(now().steady);
  if (context_->outside.logins)
    context_->outside.logins->left(login_name());
  context_->refusals.left(login_name());
  // One that was given up ends late: the board and the place are its successor's.
  if (is_current() && phase_.current() != phase::closed)
    advance(phase::closed, process::text_of(reason));
  if (context_->links == &links_)
    context_->links = nullptr;
  links_.drop();
  calls_.drop();
  session_context::leave(context_->client, *this);
}

} // namespace cafnode::session
