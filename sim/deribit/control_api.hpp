#pragma once

#include "sim/deribit/fault_injector.hpp"
#include "sim/deribit/feed_publisher.hpp"
#include "sim/deribit/front_core.hpp"
#include "sim/line/http_call.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string_view>

namespace cafnode::sim {

/// What a control call answers.
struct control_answer {
  int status = 200;
  boost::json::value body;
};

/// What the control API answers, whatever its calls come over. `GET /` lists what there is.
class control_api {
public:
  control_api(front_core& core, fault_injector& faults, feed_publisher& feeds) noexcept
      : core_{core}, faults_{faults}, feeds_{feeds} {}

  [[nodiscard]] control_answer serve(const http_call& call);

private:
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

  front_core& core_;
  fault_injector& faults_;
  feed_publisher& feeds_;
};

} // namespace cafnode::sim
