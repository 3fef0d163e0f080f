#pragma once

#include "sim/deribit/front_core.hpp"
#include "sim/market/exchange.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace cafnode::sim {

/// The session methods: login, heartbeats, cancel on disconnect, hello and test.
class session_handler {
public:
  explicit session_handler(front_core& core) noexcept : core_{core} {}

  [[nodiscard]] static bool knows(std::string_view method) noexcept;

  /// Runs one session method. `who` has no session when it came over HTTP; `account` is the caller's. No answer: none
  /// is sent (logout).
  std::optional<rpc_answer> call(client& who, std::string_view account, std::string_view method,
                                 const boost::json::object& params);

  /// Sends and closes what is due on every connection.
  void tick();

  /// Cancels the orders of a connection that ended, if that was asked for and it did not log out.
  void after_close(const client& gone);

private:
  rpc_answer auth(client& who, const boost::json::object& params);
  rpc_answer fork_token(const boost::json::object& params);
  rpc_answer test(client& who, const boost::json::object& params) const;
  rpc_answer set_heartbeat(client& who, const boost::json::object& params);
  rpc_answer cancel_on_disconnect(client& who, std::string_view account, std::string_view method,
                                  const boost::json::object& params);
  void logout(client& who, const boost::json::object& params);
  void check_session(client& one, base::time_point now);
  void cancel_orders(std::uint64_t connection, std::string_view account);

  front_core& core_;
};

} // namespace cafnode::sim
