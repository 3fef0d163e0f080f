#include "actors/venues/deribit/subscription_book.hpp"

#include "actors/venues/deribit/rules.hpp"
#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::deribit {

namespace {

// Room for the envelope around the list of channels.
constexpr std::size_t call_bytes_max = request_bytes_max - 512;

constexpr std::size_t name_frame_bytes = 3; // quotes and comma

std::size_t dots_in(std::string_view name) noexcept {
  return static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

bool is_live(channel_state state) noexcept {
  return state == channel_state::asked || state == channel_state::confirmed || state == channel_state::renewing;
}

} // namespace

channel_kind kind_of_channel(std::string_view name) noexcept {
  if (name.starts_with("ticker."))
    return channel_kind::ticker;
  // Grouped books (book.{instrument}.{group}.{depth}.{interval}) have no chain: another shape.
  if (name.starts_with("book.") && dots_in(name) == 2)
    return channel_kind::book;
  if (name.starts_with("trades."))
    return channel_kind::trades;
  if (name.starts_with("user.orders."))
    return channel_kind::user_orders;
  if (name.starts_with("user.trades."))
    return channel_kind::user_trades;
  if (name.starts_with("user.changes."))
    return channel_kind::user_changes;
  return name == "platform_state" ? channel_kind::platform : channel_kind::raw;
}

std::string_view instrument_of_channel(std::string_view name) noexcept {
  const auto kind = kind_of_channel(name);
  if (kind != channel_kind::ticker && kind != channel_kind::book)
    return {};
  name.remove_prefix(name.find('.') + 1);
  return name.substr(0, name.find('.'));
}

subscription_book::subscription_book(std::span<const std::string> channels) {
  channels_.reserve(channels.size());
  for (const auto& name : channels) {
    if (find(name) != nullptr)
      continue;
    auto& channel = channels_.emplace_back();
    channel.name = name;
    channel.kind = kind_of_channel(name);
    channel.instrument = instrument_of_channel(channel.name);
    index_.emplace(channel.name, channels_.size() - 1);
  }
}

std::size_t subscription_book::calls() const noexcept {
  std::size_t calls = 0;
  std::size_t in_call = 0;
  std::size_t bytes = 0;
  for (const auto& channel : channels_) {
    bytes += channel.name.size() + name_frame_bytes;
    if (in_call == 0 || in_call == channels_per_call_max || bytes > call_bytes_max) {
      ++calls;
      in_call = 0;
      bytes = channel.name.size() + name_frame_bytes;
    }
    ++in_call;
  }
  return calls;
}

std::vector<std::string_view> subscription_book::next_call() {
  CAFNODE_INVARIANT(!call_under_way_, "two subscribe calls at a time");
  std::vector<std::string_view> call;
  std::size_t bytes = 0;
  for (auto& channel : channels_) {
    if (channel.state != channel_state::wanted)
      continue;
    bytes += channel.name.size() + name_frame_bytes;
    if (call.size() == channels_per_call_max || (bytes > call_bytes_max && !call.empty()))
      break;
    channel.state = channel_state::asked;
    call.push_back(channel.name);
  }
  call_under_way_ = !call.empty();
  return call;
}

subscription_book::comparison subscription_book::settle_call(std::span<const std::string_view> answered) {
  CAFNODE_INVARIANT(call_under_way_, "an answer was compared with no call");
  call_under_way_ = false;
  comparison found;
  for (const auto name : answered) {
    const auto at = index_.find(name);
    if (at != index_.end() && channels_[at->second].state == channel_state::asked)
      channels_[at->second].state = channel_state::confirmed;
    else
      found.extra.emplace_back(name);
  }
  for (auto& channel : channels_) {
    if (channel.state != channel_state::asked)
      continue;
    channel.state = channel_state::missing;
    found.missing.push_back(channel.name);
  }
  return found;
}

channel_entry* subscription_book::find_live(std::string_view name) noexcept {
  const auto at = index_.find(name);
  if (at == index_.end())
    return nullptr;
  auto& channel = channels_[at->second];
  return is_live(channel.state) ? &channel : nullptr;
}

bool subscription_book::confirmed(std::string_view name) const noexcept {
  const auto* channel = find(name);
  return channel != nullptr && channel->state == channel_state::confirmed;
}

chain_step subscription_book::follow(channel_entry& channel, bool snapshot, std::uint64_t change_id,
                                     std::uint64_t previous_id) noexcept {
  if (channel.state == channel_state::renewing)
    return chain_step::idle;
  if (!snapshot && !channel.chained)
    return chain_step::idle;
  const bool fits = snapshot || previous_id == channel.change_id;
  channel.chained = fits;
  channel.change_id = change_id;
  if (fits)
    channel.renewals = 0;
  set_broken(channel, !fits);
  return fits ? chain_step::fits : chain_step::broken;
}

void subscription_book::set_broken(channel_entry& channel, bool broken) noexcept {
  if (broken == channel.broken)
    return;
  channel.broken = broken;
  broken_ = broken ? broken_ + 1 : broken_ - 1;
}

void subscription_book::call_failed() {
  CAFNODE_INVARIANT(call_under_way_, "a call failed that was not under way");
  call_under_way_ = false;
  for (auto& channel : channels_) {
    if (channel.state != channel_state::asked)
      continue;
    const bool book = channel.kind == channel_kind::book;
    channel.state = book ? channel_state::confirmed : channel_state::wanted;
    if (book && !channel.chained)
      set_broken(channel, true);
  }
}

bool subscription_book::lose(channel_entry& channel) noexcept {
  if (channel.broken || channel.state == channel_state::renewing)
    return false;
  channel.chained = false;
  set_broken(channel, true);
  return true;
}

std::vector<std::string_view> subscription_book::begin_renewal(base::time_point now) {
  constexpr std::chrono::seconds first_rest{2};
  constexpr unsigned doublings_max = 5;
  std::vector<std::string_view> call;
  for (auto& channel : channels_) {
    if (!channel.broken || channel.rests_until > now || call.size() == channels_per_call_max)
      continue;
    set_broken(channel, false);
    channel.state = channel_state::renewing;
    channel.rests_until = now + first_rest * (1U << std::min(channel.renewals, doublings_max));
    ++channel.renewals;
    call.push_back(channel.name);
  }
  return call;
}

std::optional<base::time_point> subscription_book::next_renewal() const noexcept {
  std::optional<base::time_point> first;
  if (broken_ == 0)
    return first;
  for (const auto& channel : channels_)
    if (channel.broken && (!first || channel.rests_until < *first))
      first = channel.rests_until;
  return first;
}

void subscription_book::unsubscribe_failed() noexcept {
  for (auto& channel : channels_) {
    if (channel.state != channel_state::renewing)
      continue;
    channel.state = channel_state::confirmed;
    channel.chained = false;
    set_broken(channel, true);
  }
}

void subscription_book::end_unsubscribe() noexcept {
  for (auto& channel : channels_)
    if (channel.state == channel_state::renewing)
      channel.state = channel_state::wanted;
}

const channel_entry* subscription_book::find(std::string_view name) const noexcept {
  const auto at = index_.find(name);
  return at == index_.end() ? nullptr : &channels_[at->second];
}

} // namespace cafnode::deribit
