#pragma once

#include "sim/deribit/feed_publisher.hpp"
#include "sim/deribit/front_core.hpp"
#include "sim/deribit/matching_queue.hpp"
#include "sim/deribit/rpc_text.hpp"
#include "sim/deribit/session_handler.hpp"
#include "sim/market/exchange.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// Where an answer has to go, and what it needs to be worded.
struct request_origin {
  std::uint64_t connection = 0;
  bool over_http = false;
  std::string account; // empty: not logged in
  std::string scope;
  std::string id; // JSON text
  std::string method;
  base::wall_time in{};
};

/// Takes requests from WebSocket and HTTP, decides whether they may run, runs them and sends the answers.
class request_handler {
public:
  request_handler(front_core& core, session_handler& sessions, feed_publisher& feeds) noexcept
      : core_{core}, sessions_{sessions}, feeds_{feeds} {}

  void on_message(client& from, std::string_view text);
  void on_oversized(client& from);
  void on_call(client& from, const http_call& call);

private:
  void handle(client& from, request_origin origin, boost::json::object params);
  bool refuse_by_fault(client& from, const request_origin& origin);
  bool pay(client& from, const request_origin& origin);
  void run(client& from, const request_origin& origin, const boost::json::object& params);
  void run_subscription(client& from, const request_origin& origin, const boost::json::object& params);
  void queue_matching(const request_origin& origin, const boost::json::object& params);
  void finish_matching(const std::string& lane);
  void execute(const request_origin& origin, const boost::json::object& params);
  bool execute_late(const request_origin& origin, const boost::json::object& params);
  void reply(const request_origin& origin, const rpc_answer& answer);
  void send_reply(const request_origin& origin, const rpc_answer& answer);
  void too_many_requests(client& from, const request_origin& origin);
  bool identify(client& from, request_origin& origin, const boost::json::object& params);
  bool identify_by_header(const http_call& call, request_origin& origin, rpc_error& why);

  front_core& core_;
  session_handler& sessions_;
  feed_publisher& feeds_;
  matching_queue<request_origin> lanes_;
};

} // namespace cafnode::sim
