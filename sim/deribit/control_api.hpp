#pragma once

#include "sim/deribit/fault_desk.hpp"
#include "sim/deribit/feed_desk.hpp"
#include "sim/deribit/gateway_core.hpp"
#include "sim/deribit/session_desk.hpp"
#include "sim/wire/connection.hpp"
#include "sim/wire/listener.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace cafnode::sim {

/// What a control call answers.
struct control_answer {
  int status = 200;
  boost::json::value body;
};

/// The control API: HTTP and JSON on a loopback port of its own. `GET /` lists what there is.
class control_api final : public connection_events {
public:
  control_api(gateway_core& core, fault_desk& faults, feed_desk& feeds, session_desk& sessions) noexcept
      : core_{core}, faults_{faults}, feeds_{feeds}, sessions_{sessions} {}

  [[nodiscard]] std::optional<listen_fault> start(std::uint16_t port);
  void stop();

  [[nodiscard]] std::uint16_t port() const { return listener_ ? listener_->port() : std::uint16_t{0}; }

  /// Serves one call; what the socket side calls, and tests may.
  [[nodiscard]] control_answer serve(const http_call& call);

private:
  static constexpr std::size_t callers_max = 64;

  void on_call(connection& from, http_call call) override;
  void on_message(connection& from, std::string_view text) override;
  void on_oversized(connection& from) override;
  void on_too_slow(connection& from) override;
  void on_closed(connection& from, const close_report& why) override;
  void on_accept(boost::asio::ip::tcp::socket socket);

  control_answer get(std::string_view path, const boost::json::object& query);
  control_answer post(std::string_view path, const boost::json::object& body);
  control_answer remove(std::string_view path);
  [[nodiscard]] boost::json::value list_connections(bool only_heartbeats) const;
  [[nodiscard]] boost::json::value list_accounts() const;
  [[nodiscard]] boost::json::value list_faults() const;
  [[nodiscard]] boost::json::value status() const;
  [[nodiscard]] boost::json::value list_labels_used_twice() const;
  control_answer list_orders(const boost::json::object& query);
  control_answer add_fault(const boost::json::object& body);
  control_answer kill(boost::json::object body);
  control_answer move_market(const boost::json::object& body);
  control_answer change_settings(const boost::json::object& body);

  gateway_core& core_;
  fault_desk& faults_;
  feed_desk& feeds_;
  session_desk& sessions_;
  std::shared_ptr<listener> listener_;
  std::map<std::uint64_t, std::shared_ptr<connection>> callers_; // oldest first
  std::uint64_t next_caller_ = 1;
};

} // namespace cafnode::sim
