#pragma once

#include "actors/session/board.hpp"
#include "actors/session/dial_pace.hpp"
#include "actors/session/gate_policy.hpp"
#include "actors/session/heartbeat_watch.hpp"
#include "actors/session/http_calls.hpp"
#include "actors/session/label_maker.hpp"
#include "actors/session/lane_links.hpp"
#include "actors/session/login_hold.hpp"
#include "actors/session/notice.hpp"
#include "actors/session/order_table.hpp"
#include "actors/session/phase.hpp"
#include "actors/session/reconciliation.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/result.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cafnode::session {

/// What one connection is made from: values of its configuration.
struct session_config {
  std::string name;       // "alpha"
  std::string exchange;   // "deribit"
  std::string path;       // of its supervisor: "tokyo/deribit/alpha"
  bool has_orders = true; // false without credentials: market data only, nothing to reconcile
  bool cancel_on_disconnect = true;
  heartbeat_limits heartbeat;
  gate_limits gate;
  order_limits orders;
  reconcile_limits reconcile;
  std::chrono::milliseconds drain_max{2000}; // for answers that are still awaited when the connection is stopped
  phase_limits phases;
  std::int64_t query_credits = 500; // what the exchange charges for a query
  venues::label_rules labels;
};

/// What the configuration says of a connection now.
struct session_settings {
  session_config config;
  venues::live_settings machine;
  std::uint64_t version = 0; // of the configuration
};

/// Hears market data, on the connection's own thread. Views in the event die with the call.
class market_sink {
public:
  virtual ~market_sink() = default;
  virtual void on_market(std::string_view connection, const venues::event& happened) = 0;
};

/// What a connection does not do itself. The functions are called on its own thread.
struct session_outside {
  link_maker make_link;
  /// A fresh one for each connection, with the credentials of now; the fault says, for a person, what it lacks.
  std::function<base::result<std::unique_ptr<venues::machine>, std::string>()> make_machine;
  /// Empty: what it was made from holds for ever.
  std::function<session_settings()> settings = {};
  std::shared_ptr<connection_record> record; // never null
  std::shared_ptr<notice_sink> notices;      // never null
  std::shared_ptr<rate_budget> budget;       // of its account; null without a login
  std::shared_ptr<login_hold> logins;        // of its key; null without a login
  std::shared_ptr<dial_pace> dials;          // of its address; null: dial at once
  std::shared_ptr<market_sink> market;       // null: nobody listens
  call_maker make_call = {};                 // empty: no HTTP request is made
};

/// What the three processes of one connection share, and what outlives them: its orders, and what was learned of its
/// link. All three are pinned to one thread, and only they touch it, so nothing here is locked; the orders alone can be
/// copied by others, through the board.
struct session_context {
  session_context(session_config settings, session_outside world, std::int64_t birth_ms)
      : config{std::move(settings)},
        outside{std::move(world)},
        kept_orders{std::make_shared<order_table>(config.orders)},
        orders{*kept_orders},
        labels{config.name, birth_ms, config.labels},
        spending{outside.budget},
        pulse{{config.heartbeat.interval, config.heartbeat.silence_limit}},
        answers{config.heartbeat} {
    outside.record->set_orders(kept_orders);
  }

  session_config config;
  session_outside outside;
  std::shared_ptr<order_table> kept_orders; // the board shows it to others
  order_table& orders;
  label_maker labels;
  spender spending;
  login_hold refusals;                     // of this connection, for other reasons than its key
  bool retries_at_once = false;            // a person asked for it while it waited after a refusal
  bool was_live = false;                   // in this process
  std::optional<base::time_point> lost_at; // the first close since it was live; none: there was none
  link_pulse pulse;
  heartbeat_watch answers;
  std::uint64_t last_token = 0; // names commands of the gate; never used twice, whichever gate asks

  // Where the three find each other, whichever of them is up first: each writes its place when it begins, tells those
  // that are up already, and empties it when it ends. Null while it is not running.
  caf::actor client;
  caf::actor manager;
  caf::actor gate;

  const lane_links* links = nullptr; // of the client that runs

  /// Takes over what the configuration says now; gives what the machine has to know of it. Only on the connection's
  /// own thread.
  venues::live_settings take_settings() {
    auto now = outside.settings();
    config = std::move(now.config);
    outside.record->counters.settings.store(now.version, std::memory_order_relaxed);
    pulse.use({config.heartbeat.interval, config.heartbeat.silence_limit});
    answers.use(config.heartbeat);
    return std::move(now.machine);
  }

  /// Empties `place` if `who` is in it: one that was given up ends late, when its successor has the place.
  static void leave(caf::actor& place, const caf::abstract_actor& who) {
    if (place && place->id() == who.id())
      place = nullptr;
  }

  void notify(fact::any what, base::moment at, std::string cause) const {
    outside.notices->publish({std::move(what), config.exchange, config.path, at, std::move(cause)});
  }
};

} // namespace cafnode::session
