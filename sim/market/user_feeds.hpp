#pragma once

#include "sim/market/channel.hpp"
#include "sim/market/encode.hpp"
#include "sim/market/exchange.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cafnode::sim {

/// The private channels. What one step of matching did to an account goes out together: an order that filled at once is
/// told once, as filled, with its trades beside it.
class user_feeds {
public:
  user_feeds(const exchange_options& options, listings& floor, ledger& money, encoder& writer)
      : floor_{floor}, money_{money}, writer_{writer}, agg2_{std::chrono::milliseconds{options.agg2_ms}} {}

  void subscribed(const std::string& name, const channel& what);
  void unsubscribed(const std::string& name);

  void on_order(const order& changed);
  void on_user_trade(const user_trade& made);

  /// Sends what the step did on the raw channels, and keeps it for the others.
  void end_step(std::vector<notification>& out);
  /// Sends what has waited for its interval.
  void take(base::moment now, std::vector<notification>& out);

private:
  /// What a step, or an interval, did to one account on one instrument.
  struct happening {
    std::vector<std::pair<std::uint64_t, boost::json::value>> orders; // by key, the latest of each
    boost::json::array trades;
  };

  using happenings = std::map<std::size_t, happening>;

  struct feed {
    channel what;
    std::size_t listeners = 0;
    base::time_point sent{};
    std::map<std::string, happenings> waiting; // by account
    std::set<std::string> stale;               // accounts whose portfolio changed
  };

  void send(const std::string& name, const channel& what, const std::string& account, const happenings& all,
            std::vector<notification>& out);
  void send_portfolio(const std::string& name, feed& each, std::vector<notification>& out);
  boost::json::object changes_of(const std::string& account, std::size_t on, const happening& each);
  void merge(happenings& into, const happenings& from, const channel& what);

  static constexpr std::size_t waiting_max = 500; // orders and trades of one account and instrument

  listings& floor_;
  ledger& money_;
  encoder& writer_;
  base::duration agg2_;
  std::map<std::string, feed> feeds_;
  std::map<std::string, happenings> step_;
};

} // namespace cafnode::sim
