#pragma once

#include "sim/market/options.hpp"
#include "sim/market/order.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace cafnode::sim {

/// The accounts' orders: open ones, closed ones for as long as they are remembered, and what queries see of both when
/// they lag behind. Owns every order it gives out; pointers stand until `forget_old` drops a closed order.
class order_store {
public:
  explicit order_store(const exchange_options& options) : options_{options} {}

  order& add(order created);

  [[nodiscard]] order* find(const std::string& id);
  /// The account's live orders, oldest first.
  [[nodiscard]] std::vector<order*> live(const std::string& account);
  [[nodiscard]] std::vector<order*> live_of_connection(std::uint64_t connection);
  [[nodiscard]] std::size_t live_count(const std::string& account) const;
  [[nodiscard]] std::vector<order*> with_label(const std::string& account, const std::string& label);
  [[nodiscard]] std::vector<order*> all_live();
  /// Live orders that wait for a price or for the end of the day.
  [[nodiscard]] std::vector<order*> waiting();
  [[nodiscard]] const std::deque<order*>& closed(const std::string& account);

  /// Whether a closed order still answers without `historical`.
  [[nodiscard]] bool is_remembered(const order& asked, base::moment now) const;

  /// To be called before anything of an order changes: keeps the past for lagging queries.
  void about_to_change(const order& changing, base::moment now);
  /// To be called after an order has left the live states; forgets what exceeds the account's bound.
  void retire(order& closed, base::moment now);

  /// The order as queries see it: null when they cannot know it yet.
  [[nodiscard]] const order* as_seen(const order& asked, base::moment now) const;

  /// From the next query on; at most 30 s. The past is kept whatever the lag, so it may be set for one call alone.
  void set_query_lag(std::chrono::milliseconds lag) { lag_ = std::clamp(lag, std::chrono::milliseconds{0}, lag_max); }

  [[nodiscard]] std::chrono::milliseconds query_lag() const { return lag_; }

  /// How often each label was ever used, for labels used more than once: {account, label} to count.
  [[nodiscard]] std::map<std::pair<std::string, std::string>, std::size_t> reused_labels() const;

private:
  struct past_state {
    base::time_point until;
    order was;
  };

  struct record {
    order now;
    std::vector<past_state> past;
  };

  struct drawer {
    std::map<std::uint64_t, order*> live;
    std::deque<order*> closed;
    std::deque<std::string> with_past; // ids of the latest closed ones: what they were is still kept
    std::map<std::string, std::vector<order*>> labels;
    std::map<std::string, std::size_t> label_uses; // every label ever, up to a bound
  };

  void drop_old_past(drawer& of, base::moment now);
  void forget(drawer& of, order& closed);

  static constexpr std::size_t closed_min = 16; // so that what one call closed is still there for its answer
  static constexpr std::chrono::milliseconds lag_max{30'000};
  static constexpr std::size_t past_max = 64;
  static constexpr std::size_t label_uses_max = 1'000'000;

  exchange_options options_;
  std::chrono::milliseconds lag_{std::clamp<std::int64_t>(options_.query_lag_ms, 0, lag_max.count())};
  std::unordered_map<std::string, std::unique_ptr<record>> by_id_;
  std::map<std::string, drawer> accounts_;
  std::map<std::uint64_t, std::map<std::uint64_t, order*>> by_connection_;
  std::map<std::uint64_t, order*> waiting_;
};

} // namespace cafnode::sim
