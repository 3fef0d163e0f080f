#include "actors/session/counting.hpp"
#include "actors/session/exchange_client.hpp"
#include "runtime/process/tell.hpp"

#include <fmt/format.h>

#include <utility>

// What a connection costs its account, and when it may begin.
namespace cafnode::session {

namespace {

// A dial that takes longer than this does not keep from others what it cannot use yet.
constexpr std::chrono::seconds turn_held_max{2};

// A turn for something else than the set-up, which nobody has asked for again.
constexpr std::chrono::seconds wish_forgotten{2};

// A machine that has waited longer is made anew: its credentials may have been replaced meanwhile.
constexpr std::chrono::seconds credentials_fresh{1};

} // namespace

rate_budget::turn exchange_client::ask_turn() {
  if (context_->spending.has_turn())
    return {true, {}};
  auto cost = machine_->setup_cost();
  if (context_->config.has_orders)
    cost.other += 2 * context_->config.query_credits; // with these each reconciliation begins
  return context_->spending.ask_turn(context_->was_live ? standing::returning : standing::fresh, cost, now().steady);
}

login_hold::who exchange_client::login_name() const {
  return static_cast<login_hold::who>(reinterpret_cast<std::uintptr_t>(context_.get()));
}

std::string exchange_client::retry_now() const {
  return "cafctl sup restart " + label();
}

/// The exchange said no for good. Gives the text for a person, with what to do.
std::string exchange_client::refused(std::string_view text) {
  auto& logins = context_->outside.logins;
  auto& hold = logins && phase_.current() == phase::authenticating ? *logins : context_->refusals;
  const auto at = now();
  const auto wait = hold.refused(login_name(), at.steady);
  auto said = fmt::format("{}; tried again in {} s, or now with `{}`", text,
                          std::chrono::ceil<std::chrono::seconds>(wait).count(), retry_now());
  context_->notify(fact::refused{wait, retry_now()}, at, said);
  return said;
}

/// Whether the exchange has refused this connection, or its key, and it is too early to ask again.
bool exchange_client::is_held() {
  const auto at = now();
  const bool insists = std::exchange(context_->retries_at_once, false);
  auto wait = context_->refusals.ask(login_name(), at.steady, insists);
  if (const auto& logins = context_->outside.logins; logins && wait == base::duration::zero())
    wait = logins->ask(login_name(), at.steady, insists);
  if (wait == base::duration::zero()) {
    held_ = false;
    return false;
  }
  if (!std::exchange(held_, true))
    context_->outside.record->set_phase(phase::idle, at,
                                        "waits, since the exchange refused it; now: `" + retry_now() + "`");
  turn_timer_ = after(wait, [this] { wait_for_turn(); });
  return true;
}

/// Sees to a machine with the credentials of now. Without one the connection is given up, a moment later: a process
/// cannot end before it has begun.
bool exchange_client::has_machine() {
  const auto at = now().steady;
  if (machine_ && at - machine_made_at_ < credentials_fresh)
    return true;
  auto made = context_->outside.make_machine();
  if (!made) {
    turn_timer_ = after(std::chrono::milliseconds{1}, [this, why = std::move(made).fault()] {
      give_up(process::reason_code::peer_unavailable, "no_credentials", 0, why, {}, 0, true);
    });
    return false;
  }
  machine_ = std::move(made).value();
  machine_made_at_ = at;
  return true;
}

void exchange_client::wait_for_turn() {
  if (is_held() || !has_machine())
    return;
  if (const auto turn = ask_turn(); !turn.granted) {
    if (!turn_timer_.armed())
      context_->outside.record->set_phase(phase::idle, now(),
                                          "waits until its account's rate budget allows its set-up");
    turn_timer_ = after(turn.wait, [this] { wait_for_turn(); });
    return;
  }
  if (const auto wait = book_dials(); wait > base::duration::zero())
    turn_timer_ = after(wait, [this] { dial(); });
  else
    dial();
}

/// How long until the last of the lanes may be dialed: each of them is a dial of its own.
base::duration exchange_client::book_dials() {
  auto wait = base::duration::zero();
  if (const auto& dials = context_->outside.dials)
    for (auto left = machine_->lanes().size(); left > 0; --left)
      wait = dials->book(now().steady);
  return wait;
}

void exchange_client::dial() {
  if (!has_machine())
    return;
  count(counters_.opens);
  context_->links = &links_;
  advance(phase::dialing, "started");
  turn_timer_ = after(turn_held_max, [this] { context_->spending.end_turn(now().steady); });
  if (links_.open(machine_->lanes(), context_->outside.make_link))
    on_opened();
}

void exchange_client::on_opened() {
  // The dial took so long that the turn was given back: the credits are needed only now.
  if (const auto turn = ask_turn(); !turn.granted) {
    turn_timer_ = after(turn.wait, [this] { on_opened(); });
    return;
  }
  turn_timer_.cancel();
  const auto at = now();
  counters_.last_frame_ns.store(at.steady.time_since_epoch().count(), std::memory_order_relaxed);
  context_->pulse.opened(at.steady);
  context_->answers.opened(at.steady);
  advance(phase::authenticating, "the link is open");
  machine_->open(at, *this);
  if (const auto changed = std::exchange(changed_early_, std::nullopt))
    machine_->change(*changed, at, *this);
  settle_spending();
  arm_tick();
  links_.read_all();
}

bool exchange_client::may_spend(const venues::credits& cost) {
  if (!is_current())
    return false;
  const bool granted = context_->spending.ask_turn(standing::live, cost, now().steady).granted;
  turn_timer_.cancel();
  if (!granted)
    turn_timer_ = after(wish_forgotten, [this] { context_->spending.forget_ask(now().steady); });
  return granted;
}

/// Tells the budget what the machine has sent and heard. After each call to the machine.
void exchange_client::settle_spending() {
  if (is_current())
    context_->spending.saw(machine_->traffic(), now().steady);
}

void exchange_client::on_settings_changed() {
  if (!context_->outside.settings || stopping_)
    return;
  auto settings = context_->take_settings();
  if (manager_)
    process::tell(*this, manager_, limits_changed{});
  if (gate_)
    process::tell(*this, gate_, limits_changed{});
  if (phase_.current() < phase::authenticating) {
    changed_early_ = std::move(settings);
    return;
  }
  machine_->change(settings, now(), *this);
  settle_spending();
  arm_tick();
}

} // namespace cafnode::session
