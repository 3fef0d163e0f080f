#include "tests/actors/venues/toy/toy_machine.hpp"

#include <algorithm>

namespace cafnode::test::toy {

using venues::cost_class;

venues::request_cost cost_of(request kind) noexcept {
  switch (kind) {
  case request::place:
  case request::edit:
  case request::cancel:
    return {cost_class::matching, 1};
  case request::follow:
    return {cost_class::subscribe, 10};
  case request::ping:
    return {cost_class::other, 0};
  default:
    return {cost_class::other, 1};
  }
}

machine::machine(venues::machine_config config, bool keyed)
    : config_{std::move(config)},
      pending_{{config_.answer_deadline, config_.query_deadline}, config_.pending_max},
      keyed_{keyed},
      news_open_{!keyed} {}

std::vector<venues::lane_spec> machine::lanes() const {
  return {{"trade", {}, 0, "/trade"}, {"news", {}, 0, "/news", keyed_}};
}

venues::credits machine::setup_cost() const {
  return {0, 2 * cost_of(request::login).credits + (keyed_ ? cost_of(request::key).credits : 0),
          cost_of(request::follow).credits};
}

venues::request_id machine::ask(request kind, venues::lane on, std::string_view rest, base::moment now,
                                venues::outbox& out) {
  constexpr std::array<std::string_view, 11> names{"login", "follow", "ping", "",     "",         "place",
                                                   "edit",  "cancel", "list", "find", "positions"};
  if (!pending_.has_room())
    return 0;
  const auto id = pending_.add(kind, now.steady);
  std::string text = std::string{names.at(static_cast<std::size_t>(kind))} + " " + std::to_string(id);
  if (!rest.empty())
    text.append(" ").append(rest);
  out.send(on, text);
  return id;
}

venues::request_id machine::ask_for_owner(request kind, std::string_view rest, base::moment now, venues::outbox& out) {
  return resumed_ && !over_ && pending_.has_room_for_owner() ? ask(kind, trade, rest, now, out) : 0;
}

void machine::open(base::moment now, venues::outbox& out) {
  ask(request::login, trade, config_.client_id, now, out);
  if (keyed_)
    ask_key(request::key, "POST", now, out);
  else
    lane_opened(news, now, out);
  ping_due_ = now.steady + config_.heartbeat_interval;
  out.emit(venues::stage_reached{venues::stage::authenticating});
}

void machine::lane_opened(venues::lane, base::moment now, venues::outbox& out) {
  news_open_ = true;
  ask(request::login, news, config_.client_id, now, out);
}

void machine::ask_key(request kind, std::string_view method, base::moment now, venues::outbox& out) {
  venues::http_request wanted;
  wanted.request = pending_.add(kind, now.steady);
  wanted.method = method;
  wanted.target = "/key";
  wanted.headers = {{"X-KEY", config_.client_id}};
  wanted.deadline = config_.query_deadline;
  if (out.ask(wanted))
    return;
  pending_.settle(wanted.request);
  shut("no HTTP request can be made", out);
}

void machine::answered(const venues::http_answer& answer, base::moment now, venues::outbox& out) {
  const auto asked = pending_.find(answer.request);
  if (over_ || !asked)
    return;
  pending_.settle(asked->id);
  if (asked->kind == request::key)
    on_key(answer, out);
  else
    on_renewed(answer, now, out);
}

void machine::on_key(const venues::http_answer& answer, venues::outbox& out) {
  constexpr std::size_t key_bytes_max = 64;
  const auto is_plain = [](unsigned char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  if (answer.status == 401)
    return shut(answer.body, out, venues::give_up::refused);
  if (answer.status != 200)
    return shut(answer.status == 0 ? answer.fault : "no listen key: HTTP " + std::to_string(answer.status), out,
                venues::give_up::unavailable, answer.retry_after);
  if (answer.body.empty() || answer.body.size() > key_bytes_max ||
      !std::all_of(answer.body.begin(), answer.body.end(), is_plain))
    return shut("a listen key that is none", out);
  out.open_lane(news, {"news", {}, 0, "/news?key=" + answer.body});
}

void machine::on_renewed(const venues::http_answer& answer, base::moment now, venues::outbox& out) {
  if (answer.status != 200)
    return retry_renewal(answer.status == 0 ? answer.fault : "HTTP " + std::to_string(answer.status), now, out);
  renewal_due_ = now.steady + renewed_every;
}

void machine::retry_renewal(std::string text, base::moment now, venues::outbox& out) {
  renewal_due_ = now.steady + renewed_again_after;
  out.emit(venues::upkeep_failed{"the listen key was not renewed: " + text, renewed_again_after});
}

/// On both lanes: each of them closes, or dies unseen, by itself.
void machine::ping(base::moment now, venues::outbox& out) {
  for (const auto lane : {trade, news})
    if (auto& waiting = pings_.at(lane); waiting == 0 && (lane == trade || news_open_))
      waiting = ask(request::ping, lane, {}, now, out);
}

void machine::answer_heartbeat(base::moment now, venues::outbox& out) {
  if (!over_)
    ping(now, out);
}

void machine::pinged(venues::lane from, base::moment, venues::outbox& out) {
  out.emit(venues::raw_notification{"ping", from == news ? "news" : "trade"});
}

std::optional<base::time_point> machine::next_due() const {
  if (over_)
    return std::nullopt;
  return std::min({pending_.next_deadline().value_or(ping_due_), ping_due_, renewal_due_});
}

void machine::tick(base::moment now, venues::outbox& out) {
  while (!over_) {
    const auto overdue = pending_.take_overdue(now.steady);
    if (!overdue)
      break;
    if (is_owners(overdue->kind))
      out.emit(venues::request_failed{overdue->id, 0, venues::disposition::unknown, "no answer"});
    else if (overdue->kind == request::renew)
      retry_renewal("no answer", now, out);
    else if (overdue->kind == request::ping)
      shut(overdue->id == pings_.at(news) ? "the lane news does not answer" : "the lane trade does not answer", out);
    else
      shut("the set-up was not answered", out);
  }
  if (!over_ && now.steady >= renewal_due_) {
    renewal_due_ = base::time_point::max();
    ask_key(request::renew, "PUT", now, out);
  }
  if (over_ || now.steady < ping_due_)
    return;
  ping_due_ = now.steady + config_.heartbeat_interval;
  ping(now, out);
}

void machine::shut(std::string_view text, venues::outbox& out, venues::give_up why,
                   std::chrono::milliseconds retry_after) {
  over_ = true;
  out.close(why, text, retry_after);
}

void machine::complain(venues::fault_kind kind, std::string_view frame, base::moment now, venues::outbox& out) {
  out.emit(venues::protocol_fault{kind, std::string{frame.substr(0, 100)}});
  if (faults_.record(now.steady) == venues::fault_meter::verdict::leave && !over_)
    shut("only garbage", out);
}

void machine::receive(venues::lane from, std::string_view frame, base::moment now, venues::outbox& out) {
  if (over_)
    return;
  const auto parts = split(frame, ' ');
  const words rest = words{parts}.subspan(1);
  if (from == news && parts[0] == "order" && rest.size() == 1)
    if (auto order = read_order(rest[0]))
      return out.emit(venues::order_updated{std::move(*order)});
  if (from == news && parts[0] == "quote" && rest.size() == 2)
    return out.emit(venues::raw_notification{rest[0], rest[1]});
  const bool numbered = !rest.empty() && !rest[0].empty() && rest[0].find_first_not_of("0123456789") == rest[0].npos;
  const auto asked = numbered ? pending_.find(std::stoull(std::string{rest[0]})) : std::nullopt;
  if (!asked)
    return complain(venues::fault_kind::unknown_reply, frame, now, out);
  pending_.settle(asked->id);
  on_answer(parts[0], rest.subspan(1), *asked, now, out);
}

void machine::on_answer(std::string_view what, words rest, const venues::pending_request<request>& asked,
                        base::moment now, venues::outbox& out) {
  if (what == "ok")
    return on_ok(asked.kind, now, out);
  if (what == "pong") {
    std::replace(pings_.begin(), pings_.end(), asked.id, venues::request_id{0});
    return out.emit(venues::heartbeat_acknowledged{now.steady - asked.sent_at});
  }
  if (what == "ack")
    return out.emit(venues::order_acknowledged{asked.id, rest.empty() ? std::string{} : std::string{rest[0]}});
  if (what == "positions")
    return out.emit(venues::positions_listed{asked.id, {}});
  if (what == "orders" && !rest.empty()) {
    venues::orders_listed listed{asked.id, {}, std::stoll(std::string{rest[0]})};
    for (const auto one : rest.subspan(1))
      if (auto order = read_order(one))
        listed.orders.push_back(std::move(*order));
      else
        ++listed.unreadable;
    return out.emit(listed);
  }
  if (!is_owners(asked.kind))
    return out.close(venues::give_up::refused, rest.empty() ? std::string_view{"no"} : rest[0], {});
  out.emit(venues::request_failed{asked.id, 1, venues::disposition::reject,
                                  rest.empty() ? std::string{"no"} : std::string{rest[0]}});
}

void machine::on_ok(request kind, base::moment now, venues::outbox& out) {
  if (kind == request::login && ++logins_ == 2) {
    out.emit(venues::stage_reached{venues::stage::subscribing});
    std::string channels = "orders";
    for (const auto& one : config_.channels)
      channels.append(" ").append(one);
    ask(request::follow, news, channels, now, out);
  }
  if (kind != request::follow)
    return;
  resumed_ = true;
  if (keyed_)
    renewal_due_ = now.steady + renewed_every;
  out.emit(venues::stage_reached{venues::stage::resumed});
}

venues::request_id machine::place(const venues::order_request& order, base::moment now, venues::outbox& out) {
  venues::order_report report;
  report.label = order.label;
  report.instrument = order.instrument;
  report.side = order.side;
  report.state = venues::order_state::open;
  report.price = order.price;
  report.amount = order.amount;
  return ask_for_owner(request::place, write_order(report), now, out);
}

venues::request_id machine::edit(const venues::edit_request& change, base::moment now, venues::outbox& out) {
  return ask_for_owner(request::edit,
                       change.order_id + " " + change.amount.to_string() + " " + change.price.to_string(), now, out);
}

venues::request_id machine::cancel(std::string_view order_id, base::moment now, venues::outbox& out) {
  return ask_for_owner(request::cancel, order_id, now, out);
}

venues::request_id machine::list_open_orders(base::moment now, venues::outbox& out) {
  return ask_for_owner(request::list, {}, now, out);
}

venues::request_id machine::query_label(std::string_view label, std::string_view, base::moment now,
                                        venues::outbox& out) {
  return ask_for_owner(request::find, label, now, out);
}

venues::request_id machine::list_positions(base::moment now, venues::outbox& out) {
  return ask_for_owner(request::positions, {}, now, out);
}

void machine::abandon(base::moment, venues::outbox& out) {
  over_ = true;
  while (const auto left = pending_.take_any())
    if (is_owners(left->kind))
      out.emit(venues::request_failed{left->id, 0, venues::disposition::unknown, "the connection ended"});
}

namespace {

template<bool Keyed>
std::unique_ptr<venues::machine> make(venues::machine_config config) {
  return std::make_unique<machine>(std::move(config), Keyed);
}

} // namespace

const venues::venue& description() {
  static constexpr venues::venue toy{"toy", &make<false>, 1000, 1, venues::keep_alive::asks, {36, "-_"}};
  return toy;
}

const venues::venue& keyed_description() {
  static constexpr venues::venue toy{"toy", &make<true>, 1000, 1, venues::keep_alive::asks, {36, "-_"}};
  return toy;
}

} // namespace cafnode::test::toy
