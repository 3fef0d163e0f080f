#include "actors/venues/deribit/machine.hpp"

#include <algorithm>
#include <unordered_set>

namespace cafnode::deribit {

namespace {

// Each renewal costs a subscription's credits, so broken books are gathered.
constexpr std::chrono::seconds books_rest{2};

// How soon to ask again whether the account can pay for it.
constexpr std::chrono::milliseconds budget_rest{250};

bool is_unsubscription(request_kind kind) noexcept {
  return kind == request_kind::unsubscribe_public || kind == request_kind::unsubscribe_private;
}

std::size_t count_names(std::span<const std::string> channels) {
  return std::unordered_set<std::string_view>{channels.begin(), channels.end()}.size();
}

} // namespace

bool is_subscription(request_kind kind) noexcept {
  return is_unsubscription(kind) || kind == request_kind::subscribe_public || kind == request_kind::subscribe_private;
}

/// With a login the machine follows its orders and trades, whatever else is configured.
std::vector<std::string> channels_of(venues::auth_method auth, std::span<const std::string> configured) {
  std::vector<std::string> channels;
  if (auth != venues::auth_method::none)
    channels = {std::string{own_orders_channel}, std::string{own_trades_channel}};
  channels.insert(channels.end(), configured.begin(), configured.end());
  return channels;
}

void protocol_machine::change(const venues::live_settings& to, base::moment now, venues::outbox& out) {
  if (is_over())
    return;
  pending_.set_deadlines({to.answer_deadline, to.query_deadline});
  login_.set_patience(to.query_deadline);
  const auto channels = channels_of(config_.auth, to.channels);
  if (count_names(channels) > channels_max)
    return out.emit(venues::upkeep_failed{too_many_channels() + "; it keeps those that it has", {}});
  for (const auto instrument : subscriptions_.wish(channels))
    out.emit(venues::book_gap{instrument});
  tend_channels(now, out);
}

void protocol_machine::begin_subscribing(base::moment now, venues::outbox& out) {
  progress_ = progress::subscribing;
  out.emit(venues::stage_reached{venues::stage::subscribing});
  if (!is_over())
    tend_channels(now, out);
}

/// Makes the next call that brings what the exchange has nearer to what is wished.
void protocol_machine::tend_channels(base::moment now, venues::outbox& out) {
  if (subscriptions_.is_calling() || now.steady < channels_rest_until_)
    return;
  if (progress_ == progress::subscribing)
    return set_channels_up(now, out);
  if (progress_ != progress::live)
    return;
  const auto renewal = subscriptions_.next_renewal();
  const bool books = renewal && *renewal <= now.steady && books_rest_until_ <= now.steady;
  // In turns: neither waits for ever behind the other when the exchange refuses it again and again.
  if ((books || subscriptions_.has_unwished()) && (!subscriptions_.has_wanted() || !unsubscribed_last_))
    return unsubscribe(books, now, out);
  if (subscriptions_.has_wanted())
    return subscribe(now, out);
  is_paid_ = false;
}

/// The calls that the owner made room for in the budget; what was wished later waits until the connection is live.
void protocol_machine::set_channels_up(base::moment now, venues::outbox& out) {
  if (setup_calls_ > 0)
    if (const auto call = subscriptions_.next_call(); !call.empty())
      return send_channels(has_login() ? request_kind::subscribe_private : request_kind::subscribe_public, call, now,
                           out);
  progress_ = progress::live;
  out.emit(venues::stage_reached{venues::stage::resumed});
  if (!is_over())
    tend_channels(now, out);
}

void protocol_machine::unsubscribe(bool with_books, base::moment now, venues::outbox& out) {
  const auto kind = has_login() ? request_kind::unsubscribe_private : request_kind::unsubscribe_public;
  // A second subscription of a book brings no snapshot; one after an unsubscription does. Both are asked for at once.
  const auto again = with_books ? cost_of(request_kind::subscribe_private).credits : 0;
  if (!out.may_spend({0, cost_of(kind).credits, again})) {
    channels_rest_until_ = now.steady + budget_rest;
    return;
  }
  unsubscribed_last_ = true;
  is_paid_ = with_books;
  const auto channels = subscriptions_.begin_unsubscribe(now.steady, with_books);
  if (with_books)
    books_rest_until_ = now.steady + books_rest;
  send_channels(kind, channels, now, out);
}

void protocol_machine::subscribe(base::moment now, venues::outbox& out) {
  const auto kind = has_login() ? request_kind::subscribe_private : request_kind::subscribe_public;
  if (!is_paid_ && !out.may_spend({0, 0, cost_of(kind).credits})) {
    channels_rest_until_ = now.steady + budget_rest;
    return;
  }
  unsubscribed_last_ = false;
  is_paid_ = false;
  send_channels(kind, subscriptions_.next_call(), now, out);
}

void protocol_machine::send_channels(request_kind kind, std::span<const std::string_view> channels, base::moment now,
                                     venues::outbox& out) {
  if (!pending_.has_room())
    return on_subscription_failed({0, kind, now.steady}, "too many requests wait for their answers", now, out);
  const auto id = pending_.add(kind, now.steady);
  out.send(write_subscriptions(memory_of_thread().writer, id, kind, channels));
}

std::optional<base::time_point> protocol_machine::channels_due() const noexcept {
  if (subscriptions_.is_calling())
    return std::nullopt;
  if (progress_ == progress::subscribing)
    return channels_rest_until_;
  if (progress_ != progress::live)
    return std::nullopt;
  if (subscriptions_.has_unwished() || subscriptions_.has_wanted())
    return channels_rest_until_;
  const auto renewal = subscriptions_.next_renewal();
  return renewal ? std::optional{std::max({*renewal, books_rest_until_, channels_rest_until_})} : std::nullopt;
}

void protocol_machine::on_subscription_failed(const pending_request& request, const std::string& text, base::moment now,
                                              venues::outbox& out, base::duration asked) {
  const base::duration wait = std::max<base::duration>(subscribe_pauses_.next(chance_), asked);
  channels_rest_until_ = now.steady + wait;
  is_paid_ = false;
  if (is_unsubscription(request.kind))
    subscriptions_.unsubscribe_failed();
  else
    subscriptions_.call_failed();
  out.emit(venues::upkeep_failed{text, wait});
}

void protocol_machine::on_unsubscribed(base::moment now, venues::outbox& out) {
  subscriptions_.end_unsubscribe(now.steady);
  // A pause grows as long as subscriptions fail, whatever is unsubscribed between them.
  if (!subscriptions_.has_wanted())
    subscribe_pauses_.reset();
  tend_channels(now, out);
}

void protocol_machine::on_subscribed(const pending_request& request, base::moment now, venues::outbox& out) {
  auto& memory = memory_of_thread();
  if (const auto fault = memory.decoder.read_channels(memory.channels))
    return give_up_on(request, *fault, now, out);
  auto compared = subscriptions_.settle_call(memory.channels);
  subscribe_pauses_.reset();
  if (setup_calls_ > 0)
    --setup_calls_;
  for (const auto& extra : compared.extra)
    complain({venues::fault_kind::foreign_channel, "subscribed without being asked: " + extra.substr(0, 160)}, now,
             out);
  const bool blind = std::any_of(compared.missing.begin(), compared.missing.end(), [this](const auto& channel) {
    return has_login() && (channel == own_orders_channel || channel == own_trades_channel);
  });
  if (!compared.missing.empty())
    out.emit(venues::subscription_missing{std::move(compared.missing)});
  if (blind)
    return shut(venues::give_up::unavailable, "the exchange did not subscribe our own orders and trades", out);
  if (!is_over())
    tend_channels(now, out);
}

} // namespace cafnode::deribit
