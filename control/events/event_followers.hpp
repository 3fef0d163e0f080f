#pragma once

#include "control/node_views.hpp"
#include "runtime/net/http_server.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::control {

/// Which events somebody asks for.
struct event_filter {
  enum class end { oldest, newest };

  std::uint64_t since = 0; // only those behind this number
  std::size_t limit = 100; // of those that are there already
  end kept = end::newest;  // which of them, when there are more
  std::string kind;        // empty: every kind
};

/// Some of the events that are there already, oldest first.
struct matching_events {
  observe::event_page page;
  std::size_t left_out = 0; // for want of room within the limit
};

[[nodiscard]] matching_events events_matching(const observe::event_log& log, const event_filter& filter);

/// Everybody who follows the events over HTTP: JSON lines as they happen, none twice and none left out, but for those
/// that a reader is too slow for; these it is told as {"lost":count}. On the control thread only.
class event_followers {
public:
  event_followers(std::shared_ptr<observe::event_log> log, post_function post);

  /// The most of the past that one follower is sent: what fits into a stream that nobody has read from yet.
  static constexpr std::size_t past_max = 2'000;

  /// Sends what is there already, then what comes. False: too many follow, and `reply` was not used.
  bool add(const std::shared_ptr<net::http_reply>& reply, event_filter filter);

private:
  struct follower;

  void forget_those_gone();

  std::shared_ptr<observe::event_log> log_;
  post_function post_;
  std::vector<std::shared_ptr<follower>> followers_;
};

} // namespace cafnode::control
