#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cafnode::sim {

/// The lane of the matching engine that an order request of `account` waits in: one per account and currency.
[[nodiscard]] inline std::string matching_lane(std::string_view account, const boost::json::object& params) {
  constexpr std::string_view currencies[]{"BTC", "ETH", "USDC", "USDT"};
  std::string_view of;
  for (const auto* name : {"instrument_name", "order_id", "currency"})
    if (const auto* value = params.if_contains(name); value != nullptr && value->is_string() && of.empty())
      of = {value->get_string().data(), value->get_string().size()};
  std::string lane{account};
  for (const auto currency : currencies)
    if (of.starts_with(currency))
      return lane.append("/").append(currency);
  return lane.append("/any"); // made-up names share a lane, so that they cannot fill the memory
}

/// Order requests that wait for the matching engine, one lane after the other. Pure.
template<class Origin>
class matching_queue {
public:
  struct waiting {
    Origin origin;
    boost::json::object params;
  };

  enum class put { starts, waits, full };

  /// `waiting_max` requests may wait behind the one that runs.
  put add(const std::string& lane, waiting item, std::size_t waiting_max) {
    auto& line = lanes_[lane];
    if (line.size() > waiting_max)
      return put::full;
    line.push_back(std::move(item));
    return line.size() == 1 ? put::starts : put::waits;
  }

  /// Takes the request that has run; `more` tells whether another one starts.
  std::optional<waiting> take(const std::string& lane, bool& more) {
    more = false;
    const auto found = lanes_.find(lane);
    if (found == lanes_.end() || found->second.empty())
      return std::nullopt;
    std::optional<waiting> done{std::move(found->second.front())};
    found->second.pop_front();
    more = !found->second.empty();
    if (!more)
      lanes_.erase(found);
    return done;
  }

  /// Takes out what waits and `chosen` says yes to. The one that runs stays.
  template<class Chosen>
  std::vector<waiting> drop(const Chosen& chosen) {
    std::vector<waiting> dropped;
    for (auto& [lane, line] : lanes_)
      for (std::size_t at = 1; at < line.size();) {
        if (!chosen(line[at].origin)) {
          ++at;
          continue;
        }
        dropped.push_back(std::move(line[at]));
        line.erase(line.begin() + static_cast<std::ptrdiff_t>(at));
      }
    return dropped;
  }

private:
  std::map<std::string, std::deque<waiting>> lanes_;
};

} // namespace cafnode::sim
