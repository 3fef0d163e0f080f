#include "actors/session/counting.hpp"
#include "actors/session/exchange_client.hpp"

#include <fmt/format.h>

#include <utility>

// How the client goes from phase to phase, and who its siblings are.
namespace cafnode::session {

void exchange_client::advance(phase to, std::string cause) {
  const auto at = now();
  const auto change = phase_.advance(to, at.steady);
  phase_timer_.cancel();
  if (const auto limit = limit_of(to, context_->config.phases))
    watch_phase(*limit);
  got_on_at_ = at.steady;
  context_->outside.record->set_phase(to, at, cause);
  const auto lost_at = to == phase::live ? std::exchange(context_->lost_at, std::nullopt) : std::nullopt;
  context_->notify(fact::phase_changed{change.from, change.to, change.in_phase,
                                       lost_at ? std::optional{at.steady - *lost_at} : std::nullopt},
                   at, std::move(cause));
}

void exchange_client::watch_phase(base::duration span) {
  phase_timer_ = after(span, [this] { on_phase_due(); });
}

void exchange_client::on_phase_due() {
  const auto limit = limit_of(phase_.current(), context_->config.phases);
  if (!limit)
    return;
  const auto since = now().steady - got_on_at_;
  if (since < *limit)
    return watch_phase(*limit - since);
  const bool gateless = phase_.current() == phase::reconciling && !gate_;
  give_up(process::reason_code::peer_unavailable, "overdue", 0,
          at_peer(fmt::format("nothing happened for {} ms while {}{}", to_ms(since), to_string(phase_.current()),
                              gateless ? ": its order gate is not there" : "")));
}

/// Those that were up before this client: what they said when they began has reached nobody.
void exchange_client::find_siblings() {
  if (context_->manager)
    on_manager_up(context_->manager);
  if (context_->gate)
    on_gate_up(context_->gate);
}

/// Whether this is the client of its connection, not one that was given up and replaced.
bool exchange_client::is_current() const {
  return context_->client && context_->client->id() == id();
}

} // namespace cafnode::session
