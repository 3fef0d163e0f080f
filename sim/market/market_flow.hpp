#pragma once

#include "runtime/base/rng.hpp"
#include "sim/market/matching.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::sim {

/// The others on the exchange: indexes that walk at random around where they began, makers that keep a book around
/// them, and takers that trade against whatever rests, accounts' orders included. The same seed and the same times give
/// the same market.
class market_flow {
public:
  market_flow(const exchange_options& options, listings& floor, matching& engine);

  /// Does every tick that has come due, at most 50 per call: after a long pause the market does not race to catch up.
  void step(base::moment now);

private:
  struct quotes {
    std::map<decimal, std::unique_ptr<order>> bids;
    std::map<decimal, std::unique_ptr<order>> asks;
  };

  void tick(base::moment now);
  void walk();
  void price(listing& at) const;
  void requote(listing& at, base::moment now);
  void drop_stale(std::map<decimal, std::unique_ptr<order>>& mine, decimal low, decimal high, base::moment now);
  void quote(listing& at, side of, decimal price, base::moment now);
  void send_taker(listing& at, base::moment now);
  decimal size_for(const instrument& what);

  exchange_options options_;
  listings& floor_;
  matching& engine_;
  base::rng chance_;
  base::time_point next_{};
  bool started_ = false;
  decimal btc_;
  decimal eth_;
  std::vector<quotes> quotes_;
};

} // namespace cafnode::sim
