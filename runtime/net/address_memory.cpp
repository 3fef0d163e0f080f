#include "runtime/net/address_memory.hpp"

#include <algorithm>

namespace cafnode::net {

address_list by_turns(const address_list& addresses) {
  address_list six;
  address_list four;
  for (const auto& each : addresses)
    (each.address().is_v6() ? six : four).push_back(each);
  address_list mixed;
  for (std::size_t at = 0; at < std::max(six.size(), four.size()); ++at) {
    if (at < six.size())
      mixed.push_back(six[at]);
    if (at < four.size())
      mixed.push_back(four[at]);
  }
  return mixed;
}

void address_memory::failed(const address& at, base::time_point now) {
  failures_[at].at = now;
  if (failures_.size() <= failures_max_)
    return;
  const auto earlier = [](const auto& left, const auto& right) { return left.second.at < right.second.at; };
  failures_.erase(std::min_element(failures_.begin(), failures_.end(), earlier));
}

void address_memory::worked(const address& at) {
  failures_.erase(at);
}

void address_memory::rests(const address& at, base::time_point now, base::duration span) {
  failed(at, now);
  failures_[at].rests_until = now + std::min<base::duration>(span, rest_max);
}

base::duration address_memory::rest_of(const address& at, base::time_point now) const {
  const auto known = failures_.find(at);
  return known == failures_.end() || known->second.rests_until <= now ? base::duration::zero()
                                                                      : known->second.rests_until - now;
}

address_list address_memory::awake(const address_list& addresses, base::time_point now) const {
  address_list up;
  for (const auto& each : addresses)
    if (rest_of(each, now) == base::duration::zero())
      up.push_back(each);
  return up.empty() ? addresses : up;
}

address_list address_memory::order(address_list addresses) const {
  const auto failed_at = [this](const address& at) {
    const auto known = failures_.find(at);
    return known == failures_.end() ? base::time_point::min() : known->second.at;
  };
  std::stable_sort(addresses.begin(), addresses.end(),
                   [&](const address& left, const address& right) { return failed_at(left) < failed_at(right); });
  return addresses;
}

address_trial::~address_trial() {
  if (acquitted_)
    return;
  const auto now = base::clock::now();
  if (!proven_at_ || now - *proven_at_ < settled_after)
    memory_->failed(at_, now);
}

base::duration address_trial::rests(base::duration span) {
  const auto now = base::clock::now();
  memory_->rests(at_, now, span);
  auto wait = memory_->rest_of(at_, now);
  for (const auto& each : others_)
    wait = std::min(wait, memory_->rest_of(each, now));
  return wait;
}

void address_trial::proven() {
  proven_at_ = base::clock::now();
  memory_->worked(at_);
}

} // namespace cafnode::net
