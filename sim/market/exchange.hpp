#pragma once

#include "runtime/base/time.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// Who calls: what the front knows of one request's sender.
struct caller {
  std::uint64_t connection = 0; // the WebSocket it came on; 0 for HTTP
  std::string account;          // empty: not authenticated
};

/// A JSON-RPC error as the exchange words it.
struct rpc_error {
  int code = 0;
  std::string message;
  boost::json::value data; // null: none
};

struct rpc_answer {
  boost::json::value result; // meaningful when error.code is 0
  rpc_error error;
};

/// One notification, encoded once and sent to every subscriber: the text of `data`.
struct notification {
  std::string channel; // "book.BTC-PERPETUAL.100ms"
  std::string account; // for user.* channels: only this account's sessions; empty: everybody
  std::string data;    // JSON text
};

/// The order events, fills and cancels that a judge reads; the front's audit log writes them.
class audit_sink {
public:
  virtual ~audit_sink() = default;
  virtual void record(std::string_view kind, const boost::json::object& fields) = 0;
};

/// The exchange behind the front (sim/deribit): instruments, books, matching, accounts, orders, market data. No socket,
/// no clock, no thread; chance comes from a seed. Methods: everything of public/ and private/ but sessions (auth,
/// heartbeat, cancel on disconnect, subscriptions, logout), which are the front's.
class exchange {
public:
  virtual ~exchange() = default;

  /// Whether `method` is one of its own; the front answers -32601 otherwise.
  [[nodiscard]] virtual bool knows(std::string_view method) const = 0;

  /// Runs one request. `params` may be untrusted in every way; floating point never touches a price or an amount.
  virtual rpc_answer call(const caller& who, std::string_view method, const boost::json::object& params,
                          base::moment now) = 0;

  /// Moves the market on: quotes, trades, fills of resting orders, feeds. Called every few milliseconds.
  virtual void step(base::moment now) = 0;

  /// Takes what has to be published since the last call, in order.
  virtual std::vector<notification> take_notifications() = 0;

  /// Whether a channel can be subscribed; `needs_account` is set for private and raw ones.
  [[nodiscard]] virtual bool channel_exists(std::string_view channel, bool& needs_account) const = 0;

  /// Told about subscriptions, so that feeds nobody hears are not made.
  virtual void subscribed(std::string_view channel) = 0;
  virtual void unsubscribed(std::string_view channel) = 0;

  /// The first message of a channel that starts with one (book.* snapshot, incremental_ticker); empty: none.
  virtual std::string snapshot(std::string_view channel, base::moment now) = 0;

  /// Cancels the open orders that `connection` created, with `cancel_reason`; the count.
  virtual std::size_t cancel_owned_by(std::uint64_t connection, std::string_view cancel_reason, base::moment now) = 0;
};

} // namespace cafnode::sim
