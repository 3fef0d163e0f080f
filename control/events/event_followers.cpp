#include "control/events/event_followers.hpp"

#include "runtime/base/invariant.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::control {

namespace {

constexpr std::size_t queue_max = 4'096; // events that wait for one follower
constexpr std::size_t batch_max = 256;   // written before others get their turn on the control thread
constexpr std::size_t kept_max = 100'000;

bool matches(const observe::event& happened, const std::string& kind) {
  return kind.empty() || happened.kind == kind;
}

} // namespace

matching_events events_matching(const observe::event_log& log, const event_filter& filter) {
  matching_events found{log.since(filter.since, kept_max), 0};
  auto& events = found.page.events;
  std::erase_if(events, [&filter](const observe::event_ptr& each) { return !matches(*each, filter.kind); });
  if (events.size() > filter.limit) {
    found.left_out = events.size() - filter.limit;
    const auto surplus = static_cast<std::ptrdiff_t>(found.left_out);
    const bool from_front = filter.kept == event_filter::end::newest;
    events.erase(from_front ? events.begin() : events.end() - surplus,
                 from_front ? events.begin() + surplus : events.end());
  }
  return found;
}

struct event_followers::follower : std::enable_shared_from_this<event_followers::follower> {
  void write(const observe::event_ptr& happened) {
    if (happened->seq > seen && matches(*happened, kind))
      is_there = is_there && stream->write(observe::to_json(*happened) + "\n");
    seen = std::max(seen, happened->seq);
  }

  void tell_lost(std::uint64_t count) {
    if (count > 0)
      is_there = is_there && stream->write(fmt::format("{{\"lost\":{}}}\n", count));
  }

  void drain() {
    if (!is_there || !subscription)
      return;
    const auto batch = subscription->take(batch_max);
    for (const auto& happened : batch)
      write(happened);
    const std::uint64_t lost_by_now = subscription->lost();
    tell_lost(lost_by_now - lost);
    lost = lost_by_now;
    if (!is_there)
      subscription.reset();
    else if (batch.size() == batch_max)
      post([weak = weak_from_this()] { drain(weak); });
  }

  static void drain(const std::weak_ptr<follower>& whose) {
    if (const auto alive = whose.lock())
      alive->drain();
  }

  std::string kind;
  post_function post;
  std::shared_ptr<net::http_stream> stream;
  std::shared_ptr<observe::event_subscription> subscription;
  std::uint64_t seen = 0; // the number of the last event that was looked at
  std::uint64_t lost = 0; // told already
  bool is_there = true;
};

event_followers::event_followers(std::shared_ptr<observe::event_log> log, post_function post)
    : log_{std::move(log)}, post_{std::move(post)} {
  CAFNODE_INVARIANT(log_ != nullptr && post_ != nullptr, "followers of events need a log and a thread");
}

bool event_followers::add(const std::shared_ptr<net::http_reply>& reply, event_filter filter) {
  forget_those_gone();
  const auto joined = std::make_shared<follower>();
  joined->kind = filter.kind;
  joined->post = post_;
  const std::weak_ptr<follower> weak = joined;
  // Subscribed before the past is read, so that nothing falls between the two; what comes twice is told by its number.
  joined->subscription = log_->subscribe(queue_max, [weak, post = post_] { post([weak] { follower::drain(weak); }); });
  if (!joined->subscription)
    return false;
  joined->stream = reply->stream(200, "application/x-ndjson");
  filter.kept = event_filter::end::newest;
  filter.limit = std::min(filter.since == 0 ? filter.limit : past_max, past_max);
  const matching_events past = events_matching(*log_, filter);
  joined->tell_lost(filter.since == 0 ? 0 : past.left_out);
  for (const auto& happened : past.page.events)
    joined->write(happened);
  joined->seen = std::max(joined->seen, past.page.last_seq);
  followers_.push_back(joined);
  return true;
}

void event_followers::forget_those_gone() {
  // A blank line means nothing to a reader of JSON lines, and tells whether there still is one.
  std::erase_if(followers_, [](const auto& each) { return !each->is_there || !each->stream->write("\n"); });
}

} // namespace cafnode::control
