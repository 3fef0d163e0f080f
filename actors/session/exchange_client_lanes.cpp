#include "actors/session/exchange_client.hpp"

// What a machine may need beside its first socket: other lanes, HTTP requests, pings of the WebSocket protocol.
namespace cafnode::session {

void exchange_client::on_lane_opened(venues::lane lane) {
  if (!links_)
    return;
  const bool was_last = links_.opened(lane);
  if (phase_.current() == phase::dialing) {
    if (was_last)
      on_opened();
    return;
  }
  got_on();
  machine_->lane_opened(lane, now(), *this);
  settle_spending();
  arm_tick();
  if (links_)
    links_.read_next(lane);
}

void exchange_client::open_lane(venues::lane lane, const venues::lane_spec& where) {
  if (links_)
    links_.open_later(lane, where, context_->outside.make_link);
}

void exchange_client::on_ping(venues::lane from) {
  if (!links_)
    return;
  links_.took_ping(from);
  machine_->pinged(from, now(), *this);
  settle_spending();
  arm_tick();
}

bool exchange_client::ask(const venues::http_request& request) {
  return permit_.holds() && links_ &&
         calls_.ask(request, context_->outside.make_call, [this] { return permit_.holds(); });
}

void exchange_client::on_http_answered(const venues::http_answer& answer) {
  if (!calls_.took(answer.request) || !links_)
    return;
  got_on();
  machine_->answered(answer, now(), *this);
  settle_spending();
  arm_tick();
}

} // namespace cafnode::session
