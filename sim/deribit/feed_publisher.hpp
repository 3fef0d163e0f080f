#pragma once

#include "sim/deribit/front_core.hpp"
#include "sim/market/exchange.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// Subscriptions, and what is published to them. A notification is encoded once for all who hear it.
class feed_publisher {
public:
  explicit feed_publisher(front_core& core) noexcept : core_{core} {}

  /// {public,private}/subscribe: the answer, and in `fresh` the channels that start with a snapshot now.
  rpc_answer subscribe(client& who, std::string_view account, const boost::json::object& params, bool is_private,
                       std::vector<std::string>& fresh);
  rpc_answer unsubscribe(client& who, std::string_view account, const boost::json::object& params);
  rpc_answer unsubscribe_all(client& who, bool only_private);

  /// Sends the first message of each channel in `fresh`; called once the answer has left.
  void send_snapshots(client& to, const std::vector<std::string>& fresh, std::string_view label);

  /// Sends what the exchange has to publish.
  void pump();
  void publish(const notification& news);
  void forget(std::uint64_t connection);

private:
  enum class refusal { none, missing, raw_without_login };

  refusal check(std::string_view channel, std::string_view account) const;
  void hear_no_more(std::uint64_t connection, std::string_view channel, std::string_view account, bool& was_there);
  void send_to(client& to, const notification& news, const frame_text& frame);
  void send_event(client& to, const notification& news, const frame_text& frame);

  front_core& core_;
  std::vector<std::uint64_t> touched_; // connections with frames to flush at the end of a pump
};

[[nodiscard]] inline bool is_user_channel(std::string_view channel) noexcept {
  return channel.starts_with("user.");
}

} // namespace cafnode::sim
