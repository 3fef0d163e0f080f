#include "sim/deribit/subscription_table.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

std::string key_of(std::string_view channel, std::string_view account) {
  std::string key{channel};
  if (!account.empty())
    key.append("\n").append(account);
  return key;
}

} // namespace

subscription_table::added subscription_table::add(std::uint64_t connection, std::string_view channel,
                                                  std::string_view account, std::string_view label) {
  CAFNODE_INVARIANT(connection != 0, "a subscription without a connection");
  auto& own = by_connection_[connection];
  auto& slot = topics_[key_of(channel, account)];
  if (slot && std::find(own.begin(), own.end(), slot.get()) != own.end())
    return added::already_there;
  if (own.size() >= channels_max_) {
    if (!slot)
      topics_.erase(key_of(channel, account));
    return added::too_many;
  }
  if (!slot)
    slot = std::make_unique<topic>(topic{std::string{channel}, std::string{account}, {}});
  slot->subscribers.push_back({connection, std::string{label}});
  own.push_back(slot.get());
  return ++hearers_[std::string{channel}] == 1 ? added::first_of_channel : added::another;
}

bool subscription_table::remove(std::uint64_t connection, std::string_view channel, std::string_view account,
                                bool& was_there) {
  was_there = false;
  const auto slot = topics_.find(key_of(channel, account));
  const auto own = by_connection_.find(connection);
  if (slot == topics_.end() || own == by_connection_.end())
    return false;
  if (std::erase(own->second, slot->second.get()) == 0)
    return false;
  was_there = true;
  if (own->second.empty())
    by_connection_.erase(own);
  std::erase_if(slot->second->subscribers,
                [connection](const subscriber& one) { return one.connection == connection; });
  if (slot->second->subscribers.empty())
    topics_.erase(slot);
  const auto hearers = hearers_.find(std::string{channel});
  CAFNODE_INVARIANT(hearers != hearers_.end() && hearers->second > 0, "a channel lost count of its hearers");
  if (--hearers->second > 0)
    return false;
  hearers_.erase(hearers);
  return true;
}

const topic* subscription_table::find(std::string_view channel, std::string_view account) const {
  const auto found = topics_.find(key_of(channel, account));
  return found == topics_.end() ? nullptr : found->second.get();
}

std::size_t subscription_table::count_of(std::uint64_t connection) const noexcept {
  const auto own = by_connection_.find(connection);
  return own == by_connection_.end() ? 0 : own->second.size();
}

std::vector<std::pair<std::string, std::string>> subscription_table::channels_of(std::uint64_t connection) const {
  std::vector<std::pair<std::string, std::string>> out;
  const auto own = by_connection_.find(connection);
  if (own != by_connection_.end())
    for (const topic* heard : own->second)
      out.emplace_back(heard->channel, heard->account);
  return out;
}

} // namespace cafnode::sim
