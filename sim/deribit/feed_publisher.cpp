#include "sim/deribit/feed_publisher.hpp"

#include "sim/deribit/rpc_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace cafnode::sim {

namespace {

constexpr std::size_t label_max = 16;

std::string_view owner_of(std::string_view channel, std::string_view account) noexcept {
  return is_user_channel(channel) ? account : std::string_view{};
}

/// The channels a request names; anything else in the list is skipped, as a channel that does not exist.
std::vector<std::string> channels_in(const boost::json::object& params) {
  std::vector<std::string> channels;
  const auto* list = params.if_contains("channels");
  if (list != nullptr && list->is_array())
    for (const auto& one : list->get_array())
      if (one.is_string())
        channels.emplace_back(one.get_string().c_str());
  return channels;
}

bool names_channels(const boost::json::object& params) {
  const auto* list = params.if_contains("channels");
  return list != nullptr && list->is_array();
}

frame_text frame_of(const notification& news, std::string_view label) {
  return make_frame(write_notification(news.channel, news.data, label));
}

} // namespace

feed_publisher::refusal feed_publisher::check(std::string_view channel, std::string_view account) const {
  bool needs_account = false;
  if (channel != "platform_state" && channel != "platform_state.public_methods_state" &&
      !core_.market.channel_exists(channel, needs_account))
    return refusal::missing;
  if (!needs_account || !account.empty())
    return refusal::none;
  return is_user_channel(channel) ? refusal::missing : refusal::raw_without_login;
}

rpc_answer feed_publisher::subscribe(client& who, std::string_view account, const boost::json::object& params,
                                     bool is_private, std::vector<std::string>& fresh) {
  if (!names_channels(params))
    return invalid_param("channels", "missing");
  const std::string label = text_param(params, "label").value_or("");
  if (label.size() > label_max)
    return invalid_param("label", "value too long");
  const auto channels = channels_in(params);
  for (const auto& channel : channels)
    if (check(channel, account) == refusal::raw_without_login)
      return failed(13778, "raw_subscriptions_not_available_for_unauthorized");
  pump(); // what is published already belongs to those who heard before
  boost::json::array accepted;
  for (const auto& channel : channels) {
    if (check(channel, account) != refusal::none)
      continue;
    using added = subscription_table::added;
    const added outcome =
        core_.subscriptions.add(who.line->id(), channel, owner_of(channel, account), is_private ? label : "");
    if (outcome == added::too_many)
      continue;
    if (outcome == added::first_of_channel)
      core_.market.subscribed(channel);
    if (outcome != added::already_there)
      fresh.push_back(channel);
    accepted.emplace_back(channel);
  }
  note(core_, "subscribed", who, {{"channels", accepted}});
  return succeeded(std::move(accepted));
}

rpc_answer feed_publisher::unsubscribe(client& who, std::string_view account, const boost::json::object& params) {
  if (!names_channels(params))
    return invalid_param("channels", "missing");
  boost::json::array done;
  for (const auto& channel : channels_in(params)) {
    bool was_there = false;
    hear_no_more(who.line->id(), channel, owner_of(channel, account), was_there);
    if (was_there)
      done.emplace_back(channel);
  }
  note(core_, "unsubscribed", who, {{"channels", done}});
  return succeeded(std::move(done));
}

rpc_answer feed_publisher::unsubscribe_all(client& who, bool only_private) {
  for (const auto& [channel, account] : core_.subscriptions.channels_of(who.line->id())) {
    bool was_there = false;
    if (!only_private || !account.empty())
      hear_no_more(who.line->id(), channel, account, was_there);
  }
  return succeeded("ok");
}

void feed_publisher::forget(std::uint64_t connection) {
  for (const auto& [channel, account] : core_.subscriptions.channels_of(connection)) {
    bool was_there = false;
    hear_no_more(connection, channel, account, was_there);
  }
}

void feed_publisher::hear_no_more(std::uint64_t connection, std::string_view channel, std::string_view account,
                                  bool& was_there) {
  if (core_.subscriptions.remove(connection, channel, account, was_there))
    core_.market.unsubscribed(channel);
}

void feed_publisher::send_snapshots(client& to, const std::vector<std::string>& fresh, std::string_view label) {
  for (const auto& channel : fresh) {
    const std::string data = core_.market.snapshot(channel, core_.now());
    if (!data.empty())
      deliver(core_, to, frame_of({channel, "", data}, label), false);
  }
  to.line->flush();
}

void feed_publisher::pump() {
  for (const auto& news : core_.market.take_notifications())
    publish(news);
  for (const std::uint64_t id : touched_)
    if (client* to = core_.find(id))
      to->line->flush();
  touched_.clear();
}

void feed_publisher::publish(const notification& news) {
  const topic* heard = core_.subscriptions.find(news.channel, news.account);
  if (heard == nullptr)
    return;
  const frame_text plain = frame_of(news, "");
  std::string label;
  frame_text labelled;
  const auto hearers = heard->subscribers; // a send may end a connection, and so change the list
  for (const auto& one : hearers) {
    client* to = core_.find(one.connection);
    if (to == nullptr)
      continue;
    if (!one.label.empty() && one.label != label) {
      label = one.label;
      labelled = frame_of(news, label);
    }
    send_to(*to, news, one.label.empty() ? plain : labelled);
  }
}

void feed_publisher::send_to(client& to, const notification& news, const frame_text& frame) {
  const std::uint64_t id = to.line->id();
  if (core_.faults.any(fault_type::gap) && std::string_view{news.channel}.starts_with("book.") &&
      core_.faults.strike(fault_type::gap, id, to.account()))
    return;
  if (!news.account.empty())
    return send_event(to, news, frame);
  deliver(core_, to, frame, false);
  touched_.push_back(id);
}

void feed_publisher::send_event(client& to, const notification& news, const frame_text& frame) {
  const std::uint64_t id = to.line->id();
  const std::string& account = news.account;
  auto& faults = core_.faults;
  if (faults.strike(fault_type::lose_events, id, account))
    return;
  const bool twice = faults.strike(fault_type::duplicate_events, id, account).has_value();
  std::int64_t wait_ms = 0;
  if (const auto late = faults.strike(fault_type::delay_events, id, account))
    wait_ms = late->number("ms", 500);
  if (const auto mixed = faults.strike(fault_type::reorder_events, id, account))
    wait_ms = core_.chance.between(0, std::max<std::int64_t>(mixed->number("ms", 200), 1));
  const auto send = [&core = core_, id, frame] {
    if (client* later = core.find(id))
      deliver(core, *later, frame);
  };
  for (int copies = twice ? 2 : 1; copies > 0; --copies)
    wait_ms > 0 ? core_.after(std::chrono::milliseconds{wait_ms}, send) : send();
}

} // namespace cafnode::sim
