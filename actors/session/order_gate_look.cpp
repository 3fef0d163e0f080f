#include "actors/session/counting.hpp"
#include "actors/session/order_gate.hpp"
#include "runtime/process/tell.hpp"

#include <fmt/format.h>

#include <utility>

// The gate's periodic look: whether the private stream still tells what happens to our orders.
namespace cafnode::session {

void order_gate::look_later(base::duration wait) {
  look_timer_ = after(wait, [this] { look(); });
}

void order_gate::look() {
  const bool needed = allowed_ && announced_ && !reconciliation_.running() && context_->orders.live_count() > 0;
  // A stream that has just spoken is not muted.
  const bool quiet = !std::exchange(stream_spoke_, false) || !stream_check_.suspect().empty();
  if (!needed || !quiet || look_token_ != 0 ||
      policy_.admit_spare(context_->config.query_credits, now().steady) != gate_verdict::pass)
    return look_later(look_every);
  look_token_ = next_token();
  process::tell(*this, context_->client, order_command{look_token_, query{}});
  look_later(look_every);
}

void order_gate::on_look(const order_news& news) {
  look_token_ = 0;
  const auto* open = std::get_if<venues::orders_listed>(&news.what);
  if (open == nullptr || !allowed_ || reconciliation_.running())
    return;
  const auto verdict = stream_check_.listed(*open, context_->orders);
  if (verdict == stream_verdict::doubtful)
    look_later(context_->config.reconcile.absence_margin);
  if (verdict != stream_verdict::muted)
    return;
  const auto text =
      fmt::format("the exchange's list of open orders differs from what its stream has told, the first: {}",
                  stream_check_.suspect());
  stream_check_.reset();
  context_->notify(fact::private_stream_silent{stream_doubted_}, now(), text);
  process::tell(*this, context_->client, private_stream_muted{text, std::exchange(stream_doubted_, true)});
}

} // namespace cafnode::session
