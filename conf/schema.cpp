#include "conf/schema.hpp"

#include <algorithm>
#include <array>

namespace cafnode::conf {

namespace {

using enum apply_effect;
using enum pushed_by;
using form = value_form;

constexpr std::int64_t ms = 1;
constexpr std::int64_t s = 1000;
constexpr std::int64_t minute = 60 * s;
constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr scope node = scope::node;
constexpr scope venue_ = scope::exchange;
constexpr scope conn = scope::connection;

constexpr std::string_view secret_doc =
    "Where the client secret is: `{from: env, name: VARIABLE}` or `{from: file, path: FILE}`. Never the secret itself.";
constexpr std::string_view id_doc = "The client id, or where it is: `{from: env, name: VARIABLE}`.";

using in = const scopes&;

// clang-format off
constexpr std::array keys{
  key{node, "node.name", form::name, 1, 32, restart_node, operate, false, [](in o) -> field { return &o.node->name; },
      "The node's name in logs, events and metrics.", "the host's name"},
  key{node, "node.region", form::name, 1, 32, restart_node, operate, false,
      [](in o) -> field { return &o.node->region; },
      "The region that the node runs in. `--region` wins over it."},
  key{node, "node.io_threads", form::integer, 0, 64, restart_node, operate, false,
      [](in o) -> field { return &o.node->io_threads; },
      "Threads that own the exchange connections; 0 is one per core."},
  key{node, "node.seed", form::integer, 0, INT64_MAX, restart_node, operate, false,
      [](in o) -> field { return &o.node->seed; },
      "Seed of the jitter in back-offs, to repeat a run; 0 takes one from the system."},
  key{node, "control.address", form::host, 1, 253, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.address; },
      "Address that health, metrics and the control API listen on. Beyond loopback it takes `control.tls` and a "
      "token."},
  key{node, "control.port", form::integer, 0, 65535, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.port; },
      "Port of the same; 0 is any free one."},
  key{node, "control.socket", form::text, 1, 107, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.socket; },
      "Path of the unix socket of the control API, which serves the node's own user and root; its folder has mode "
      "0700. `off` is none.",
      "NAME.sock in `$RUNTIME_DIRECTORY/control`, `$XDG_RUNTIME_DIR/caf-node` or `/tmp/caf-node-UID`"},
  key{node, "control.tls.certificate", form::text, 1, 4096, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.tls_certificate; },
      "PEM file with the certificate chain of the control API over TCP.", "no TLS"},
  key{node, "control.tls.key", form::text, 1, 4096, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.tls_key; },
      "PEM file with its private key.", "no TLS"},
  key{node, "control.tokens.read", form::text, 1, 4096, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.read_token; },
      "File of mode 0600 with a token that lets one look, over TCP.", "none"},
  key{node, "control.tokens.operate", form::text, 1, 4096, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.operate_token; },
      "The same for closing connections, killing and restarting actors, and looking.", "none"},
  key{node, "control.tokens.trade", form::text, 1, 4096, restart_node, owner, false,
      [](in o) -> field { return &o.node->control.trade_token; },
      "The same for orders, and looking.", "none"},
  key{node, "log.level", form::choice, 0, 0, live, operate, false, [](in o) -> field { return &o.node->log_level; },
      "The least that is logged."},
  key{node, "log.format", form::choice, 0, 0, restart_node, operate, false,
      [](in o) -> field { return &o.node->log_format; },
      "`auto` is text on a terminal and JSON lines otherwise."},
  key{node, "log.file", form::text, 1, 4096, restart_node, owner, false,
      [](in o) -> field { return &o.node->log_file; },
      "File that the log is appended to.", "standard error"},
  key{node, "drain_timeout", form::duration, 0, 10 * minute, live, operate, false,
      [](in o) -> field { return &o.node->drain_timeout; },
      "How long a stop may take before what is left is cut off."},

  key{venue_, "name", form::name, 1, 32, restart_child, operate, true, [](in o) -> field { return &o.exchange->name; },
      "The exchange's name in this node, unique."},
  key{venue_, "venue", form::choice, 0, 0, restart_child, owner, true, [](in o) -> field { return &o.exchange->venue; },
      "Which protocol it speaks."},
  key{venue_, "url.host", form::host, 1, 253, restart_child, owner, true,
      [](in o) -> field { return &o.exchange->url.host; },
      "Host to connect to; with TLS also the name that its certificate must carry."},
  key{venue_, "url.port", form::integer, 1, 65535, restart_child, owner, true,
      [](in o) -> field { return &o.exchange->url.port; },
      "Its port."},
  key{venue_, "url.path", form::text, 1, 1024, restart_child, owner, false,
      [](in o) -> field { return &o.exchange->url.path; },
      "Path of the WebSocket upgrade."},
  key{venue_, "url.tls", form::boolean, 0, 0, restart_child, owner, true,
      [](in o) -> field { return &o.exchange->url.tls; },
      "Whether the connection is encrypted. Only a simulator does without."},
  key{venue_, "url.ca_file", form::text, 1, 4096, restart_child, owner, false,
      [](in o) -> field { return &o.exchange->url.ca_file; },
      "PEM file with the authorities to trust.", "the system's trust store"},
  key{venue_, "auth.method", form::choice, 0, 0, restart_child, owner, false,
      [](in o) -> field { return &o.exchange->auth.method; },
      "How sessions log in. `client_signature` never sends the secret; `none` sees public data only."},
  key{venue_, "auth.client_id", form::text_or_secret, 1, 256, restart_child, owner, false,
      [](in o) -> field { return &o.exchange->auth.client_id; },
      id_doc, "none"},
  key{venue_, "auth.client_secret", form::secret, 1, 4096, restart_child, owner, false,
      [](in o) -> field { return &o.exchange->auth.client_secret; },
      secret_doc, "none"},
  key{venue_, "heartbeat.interval", form::duration, 10 * s, 60 * s, restart_child, operate, false,
      [](in o) -> field { return &o.exchange->heartbeat.interval; },
      "What the exchange is asked to send heartbeats at, in whole seconds."},
  key{venue_, "heartbeat.answer_deadline", form::duration, 10 * ms, 60 * s, live, operate, false,
      [](in o) -> field { return &o.exchange->heartbeat.answer_deadline; },
      "A test request that is not answered by then counts as missed. Shorter than the interval."},
  key{venue_, "heartbeat.silence_limit", form::duration, 1 * s, 10 * minute, live, operate, false,
      [](in o) -> field { return &o.exchange->heartbeat.silence_limit; },
      "A connection that received nothing for so long is dead, whatever is usual on it. Longer than the interval.",
      "twice the interval and 5s"},
  key{venue_, "connect.deadline", form::duration, 100 * ms, 2 * minute, live, operate, false,
      [](in o) -> field { return &o.exchange->connect.deadline; },
      "For name look-up, TCP, TLS and WebSocket upgrade together."},
  key{venue_, "connect.backoff.first", form::duration, 1 * ms, 1 * minute, live, operate, false,
      [](in o) -> field { return &o.exchange->connect.backoff.first; },
      "Wait after the first failure; it doubles with each further one."},
  key{venue_, "connect.backoff.cap", form::duration, 1 * ms, 10 * minute, live, operate, false,
      [](in o) -> field { return &o.exchange->connect.backoff.cap; },
      "The longest wait."},
  key{venue_, "connect.backoff.jitter_percent", form::integer, 0, 100, live, operate, false,
      [](in o) -> field { return &o.exchange->connect.backoff.jitter_percent; },
      "How much of a wait is left to chance, so that connections do not come back in step."},
  key{venue_, "cancel_on_disconnect", form::boolean, 0, 0, restart_child, operate, false,
      [](in o) -> field { return &o.exchange->cancel_on_disconnect; },
      "Whether the exchange cancels a connection's orders when the connection breaks."},
  key{venue_, "rate.matching.per_second", form::integer, 1, 100'000, live, operate, false,
      [](in o) -> field { return &o.exchange->rate.matching_per_second; },
      "Order requests per second that the account may send. The default is Deribit's lowest tier."},
  key{venue_, "rate.matching.burst", form::integer, 1, 100'000, live, operate, false,
      [](in o) -> field { return &o.exchange->rate.matching_burst; },
      "Order requests at once."},
  key{venue_, "rate.other.credits", form::integer, 1, 100'000'000, live, operate, false,
      [](in o) -> field { return &o.exchange->rate.other_credits; },
      "The pool of credits for all other requests."},
  key{venue_, "rate.other.per_second", form::integer, 1, 100'000'000, live, operate, false,
      [](in o) -> field { return &o.exchange->rate.other_per_second; },
      "Credits that come back each second."},
  key{venue_, "rate.use_percent", form::integer, 1, 100, live, operate, false,
      [](in o) -> field { return &o.exchange->rate.use_percent; },
      "How much of these budgets the node uses; the rest stays for others on the account."},
  key{venue_, "orders.in_flight_max", form::integer, 1, 10'000, live, operate, false,
      [](in o) -> field { return &o.exchange->orders.in_flight_max; },
      "Order requests without an answer that a connection may have."},
  key{venue_, "orders.valid_for", form::duration, 100 * ms, 5 * minute, live, operate, false,
      [](in o) -> field { return &o.exchange->orders.valid_for; },
      "The exchange refuses an order request that reaches its matching engine later than this."},
  key{venue_, "orders.answer_deadline", form::duration, 10 * ms, 5 * minute, live, operate, false,
      [](in o) -> field { return &o.exchange->orders.answer_deadline; },
      "An order request without an answer by then is in doubt and gets reconciled."},
  key{venue_, "restart.intensity", form::integer, 0, 10'000, live, operate, false,
      [](in o) -> field { return &o.exchange->restart.intensity; },
      "Crashes of our own within `restart.period` that a connection's supervisor mends; one more ends it. An "
      "exchange that cannot be reached never counts."},
  key{venue_, "restart.period", form::duration, 1 * s, 60 * minute, live, operate, false,
      [](in o) -> field { return &o.exchange->restart.period; },
      "The window of `restart.intensity`."},
  key{venue_, "limits.frame_max", form::size, 64 * kib, 64 * mib, restart_child, operate, false,
      [](in o) -> field { return size_field{&o.exchange->limits.frame_bytes_max}; },
      "The largest message that is accepted; a larger one costs the connection."},
  key{venue_, "limits.send_queue_max", form::size, 64 * kib, 64 * mib, restart_child, operate, false,
      [](in o) -> field { return size_field{&o.exchange->limits.send_queue_bytes_max}; },
      "What may wait to be sent; a peer that lets more pile up is cut off."},
  key{venue_, "deribit.scope", form::text, 1, 256, restart_child, owner, false,
      [](in o) -> field { return &o.exchange->deribit.scope; },
      "What a login asks to be allowed, for example `trade:read_write account:read_write`; the latter is needed for "
      "`cancel_on_disconnect`. Only where `venue` is `deribit`.",
      "all that the key may"},

  key{conn, "name", form::name, 1, 32, restart_child, operate, true, [](in o) -> field { return &o.connection->name; },
      "The connection's name, unique in the node."},
  key{conn, "account", form::name, 1, 32, restart_child, operate, false,
      [](in o) -> field { return &o.connection->account; },
      "Connections of one account share its rate budget."},
  key{conn, "auth.method", form::choice, 0, 0, restart_child, owner, false,
      [](in o) -> field { return &o.connection->auth.method; },
      "As the exchange's. A connection that has `auth` takes nothing of the exchange's.", "the exchange's `auth`"},
  key{conn, "auth.client_id", form::text_or_secret, 1, 256, restart_child, owner, false,
      [](in o) -> field { return &o.connection->auth.client_id; },
      id_doc, "the exchange's `auth`"},
  key{conn, "auth.client_secret", form::secret, 1, 4096, restart_child, owner, false,
      [](in o) -> field { return &o.connection->auth.client_secret; },
      secret_doc, "the exchange's `auth`"},
  key{conn, "channels", form::text_list, 0, 500, live, operate, false,
      [](in o) -> field { return &o.connection->channels; },
      "Subscriptions, as the venue names them. The session's own order and trade channels are added by itself."},
  key{conn, "count", form::integer, 1, 10'000, live, operate, false, [](in o) -> field { return &o.connection->count; },
      "More than 1 makes so many connections of this entry, called name-1, name-2 and so on."},
};
// clang-format on

} // namespace

std::span<const key> schema() noexcept {
  return keys;
}

std::string_view section_venue(std::string_view path) noexcept {
  const auto section = path.substr(0, path.find('.'));
  const auto& venues = words_of(venue{});
  return section.size() < path.size() && std::find(venues.begin(), venues.end(), section) != venues.end()
             ? section
             : std::string_view{};
}

bool is_foreign(std::string_view path, std::string_view venue) noexcept {
  const auto of = section_venue(path);
  return !of.empty() && of != venue;
}

std::string_view to_string(apply_effect effect) noexcept {
  constexpr std::array<std::string_view, 3> names{"live", "restart_child", "restart_node"};
  return names[static_cast<std::size_t>(effect)];
}

std::string_view to_string(pushed_by pusher) noexcept {
  return pusher == pushed_by::owner ? "owner" : "operate";
}

std::string_view to_string(origin from) noexcept {
  constexpr std::array<std::string_view, 4> names{"default", "file", "env", "flag"};
  return names[static_cast<std::size_t>(from)];
}

} // namespace cafnode::conf
