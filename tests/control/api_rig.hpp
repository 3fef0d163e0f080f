#pragma once

#include "control/http_api.hpp"
#include "control/telemetry/telemetry.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::test {

/// A clock that stands until it is moved.
class hand_clock final : public base::clock_source {
public:
  [[nodiscard]] base::moment now() const override { return at; }

  void pass(base::duration span) { at = at + span; }

  base::moment at{base::time_point{std::chrono::hours{1}}, base::wall_time{std::chrono::hours{24}}};
};

/// What a client of the API gets.
struct heard_reply {
  net::http_response response;
  bool answered = false;
  std::string streamed;
  bool streaming = false;
  bool client_gone = false; // set by a test: writes fail from then on

  [[nodiscard]] boost::json::value json() const;
  /// The text at a JSON pointer into the body; numbers and truths spelt; "none" where nothing is.
  [[nodiscard]] std::string at(std::string_view pointer) const;
};

/// The API without a socket: a node that looks as a test says.
class api_rig {
public:
  api_rig();

  /// Sends a request; `target` may have a query. A request that changes something has the header that allows it.
  std::shared_ptr<heard_reply> ask(const std::string& method, const std::string& target, const std::string& body = {});
  std::shared_ptr<heard_reply> send(net::http_request request);

  /// Runs what waits for the control thread; what comes meanwhile waits for the next turn.
  void turn();

  /// Runs what waits for the control thread until nothing does.
  void settle();

  /// A connection in a phase.
  std::shared_ptr<session::connection_record> connection(const std::string& name, session::phase phase);
  std::uint64_t happened(const std::string& kind, const std::string& subject = "tokyo/deribit/alpha");

  std::shared_ptr<hand_clock> clock = std::make_shared<hand_clock>();
  std::shared_ptr<control::node_stage_cell> stage;
  std::shared_ptr<session::board> board = std::make_shared<session::board>();
  std::shared_ptr<control::tree_view> tree = std::make_shared<control::tree_view>();
  std::shared_ptr<observe::event_log> events;
  observe::registry metrics;
  control::telemetry sink;
  control::control_actions actions; // set before the first request
  control::access_rules rules;      // the same
  process::dead_letter_report dead_letters;

private:
  control::http_api& api();

  std::unique_ptr<control::http_api> api_;
  std::vector<std::function<void()>> posted_;
};

/// An event of the supervisor at `path` about its child.
[[nodiscard]] supervision::event child_event(supervision::transition what, const std::string& path,
                                             const std::string& child, supervision::child_state state);

} // namespace cafnode::test
