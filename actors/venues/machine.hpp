#pragma once

#include "actors/venues/event.hpp"
#include "actors/venues/http.hpp"
#include "actors/venues/lane.hpp"
#include "actors/venues/settings.hpp"
#include "runtime/base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::venues {

/// Why a machine gives its connection up.
enum class give_up : std::uint8_t {
  unavailable, // the exchange is silent, busy or broken: dial again after a back-off
  refused,     // it says no for good: wrong credentials, forbidden
  over_rate,   // it says that the account's budget is spent: as unavailable, and the budget is empty
};

/// Where an exchange counts a request.
enum class cost_class : std::uint8_t { matching, other, subscribe };

struct request_cost {
  cost_class pool = cost_class::other;
  std::int64_t credits = 0; // of `other` and `subscribe`; matching requests count one each
};

/// Credits of each pool of an account.
struct credits {
  std::int64_t matching = 0;
  std::int64_t other = 0;
  std::int64_t subscribe = 0;

  [[nodiscard]] std::int64_t& of(cost_class pool) noexcept {
    return pool == cost_class::matching ? matching : pool == cost_class::other ? other : subscribe;
  }

  friend bool operator==(const credits&, const credits&) = default;
};

/// What the requests of a connection have cost since it began, and how much of that the exchange has answered. Neither
/// ever falls. A request that ran into our own deadline is not answered: it may still be on its way.
struct traffic {
  credits sent;
  credits answered;
};

/// What a machine may do, all of it. Called only from inside a call to the machine.
class outbox {
public:
  virtual ~outbox() = default;

  /// One text frame to the exchange. Those of one lane keep their order.
  virtual void send(venues::lane to, std::string_view frame) = 0;

  void send(std::string_view frame) { send(first_lane, frame); }

  virtual void emit(const event& happened) = 0;

  /// Makes an HTTP request. What comes of it is told by `machine::answered`, once, never from inside this call, and not
  /// any more when the connection has ended. False, and nothing was done, while `http_requests_max` are under way.
  [[nodiscard]] virtual bool ask(const http_request&) { return false; }

  /// Dials a lane that was to be opened `later`. Once a lane.
  virtual void open_lane(venues::lane, const lane_spec&) {}

  /// Whether the machine may ask now for what costs this much, beyond its set-up: `false` means later, ask again. Not
  /// asked for what must not wait: heartbeats, the login's renewal.
  [[nodiscard]] virtual bool may_spend(const credits&) { return true; }

  /// The connection is of no more use; the machine does nothing further. `retry_after`: how long the exchange asked to
  /// be left alone; zero when it did not say.
  virtual void close(give_up why, std::string_view text, std::chrono::milliseconds retry_after) = 0;
};

enum class auth_method : std::uint8_t { none, client_credentials, client_signature };

struct machine_config {
  auth_method auth = auth_method::client_credentials;
  std::string client_id;
  base::secret client_secret;
  std::chrono::seconds heartbeat_interval{10}; // 10 s or more (the exchange's minimum)
  bool cancel_on_disconnect = true;
  std::vector<std::string> channels;               // replayed as they are written at every connect
  std::chrono::milliseconds answer_deadline{5000}; // for requests that make, change or cancel orders
  std::chrono::milliseconds query_deadline{5000};  // for all others: none of them leaves an order in doubt
  std::size_t pending_max = 256;                   // requests without an answer
  std::uint64_t nonce_seed = 0;                    // for signatures; chance is an argument
  venue_settings own = {};                         // of the venue alone
};

/// What can change while a machine runs.
struct live_settings {
  std::vector<std::string> channels;           // all of them, as in machine_config
  std::chrono::milliseconds answer_deadline{}; // likewise
  std::chrono::milliseconds query_deadline{};  // likewise
};

/// One exchange's protocol on one connection: (input, now) in, `outbox` calls out. No socket, no clock, no CAF. A
/// machine lives as long as its connection; a new connection gets a new one.
class machine {
public:
  virtual ~machine() = default;

  /// The sockets that this connection needs, the first one first; the same as long as the machine lives. All but those
  /// for `later` are open before `open`, and with the first one that is lost the connection ends. A silence is judged
  /// over all of them together: a machine with several sees to it that each is alive, and gives up where one is not.
  [[nodiscard]] virtual std::vector<lane_spec> lanes() const { return {lane_spec{}}; }

  /// All lanes that are not for `later` are open: sends the handshake. First call, once.
  virtual void open(base::moment now, outbox& out) = 0;

  /// A lane that was for `later` is open.
  virtual void lane_opened(lane, base::moment, outbox&) {}

  /// What came of an HTTP request.
  virtual void answered(const http_answer&, base::moment, outbox&) {}

  /// One text frame. At least net::frame_padding readable bytes lie behind its end. Never trusted.
  virtual void receive(lane from, std::string_view frame, base::moment now, outbox& out) = 0;

  void receive(std::string_view frame, base::moment now, outbox& out) { receive(first_lane, frame, now, out); }

  /// When `tick` has work next: a deadline, a token to refresh.
  [[nodiscard]] virtual std::optional<base::time_point> next_due() const = 0;
  virtual void tick(base::moment now, outbox& out) = 0;

  /// Takes new values from now on: subscribes and unsubscribes the difference, as the budget allows. Requests that are
  /// on their way keep their deadlines. At any time after `open`.
  virtual void change(const live_settings&, base::moment, outbox&) {}

  /// The exchange pinged by a frame of the WebSocket protocol; the link has answered it.
  virtual void pinged(lane, base::moment, outbox&) {}

  /// Answers a test request, or asks for a sign of life. Ahead of any budget. The answer to it is
  /// `heartbeat_acknowledged`, in either direction of `keep_alive`.
  virtual void answer_heartbeat(base::moment now, outbox& out) = 0;

  // Orders and queries: each is sent at once and answered by exactly one of order_accepted, order_acknowledged,
  // cancel_counted, a *_listed or request_failed, with the id given back here. 0: not sent, because `pending_max`
  // requests wait or the session is not resumed.
  virtual request_id place(const order_request& order, base::moment now, outbox& out) = 0;
  virtual request_id edit(const edit_request& change, base::moment now, outbox& out) = 0;
  virtual request_id cancel(std::string_view order_id, base::moment now, outbox& out) = 0;
  virtual request_id cancel_by_label(std::string_view label, base::moment now, outbox& out) = 0;
  virtual request_id list_open_orders(base::moment now, outbox& out) = 0;
  virtual request_id query_order(std::string_view order_id, base::moment now, outbox& out) = 0;
  /// `instrument` tells the currency that the exchange wants beside the label.
  virtual request_id query_label(std::string_view label, std::string_view instrument, base::moment now,
                                 outbox& out) = 0;
  virtual request_id list_fills_of_order(std::string_view order_id, base::moment now, outbox& out) = 0;
  virtual request_id list_fills_since(std::string_view instrument, std::uint64_t first_seq, base::moment now,
                                      outbox& out) = 0;
  virtual request_id list_positions(base::moment now, outbox& out) = 0;

  /// Whether a close frame with this code says that the exchange misses the answer to a test request.
  [[nodiscard]] virtual bool ends_for_heartbeat(std::uint16_t) const noexcept { return false; }

  /// Logs out: the exchange closes without an answer, and keeps the orders even with cancel-on-disconnect.
  virtual void log_out(base::moment now, outbox& out) = 0;

  /// The link is gone: every request without an answer fails with disposition unknown. Last call.
  virtual void abandon(base::moment now, outbox& out) = 0;

  /// What the way from `open` to `resumed` will cost. Its owner sees to it that the account can pay before it opens.
  [[nodiscard]] virtual credits setup_cost() const { return {}; }

  /// What was spent so far.
  [[nodiscard]] virtual venues::traffic traffic() const noexcept { return {}; }

  /// Which requests have no answer yet, as a count.
  [[nodiscard]] virtual std::size_t pending() const noexcept = 0;
};

} // namespace cafnode::venues
