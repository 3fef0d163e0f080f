#include "sim/virtual/virtual_exchange.hpp"

#include "sim/market/make_exchange.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::sim {

namespace {

constexpr std::uint64_t lines_stream = 0x6c696e6573; // so that chance of the lines is not that of the front

std::unique_ptr<exchange> own_market(const virtual_options& options, audit_sink& audit) {
  if (options.market != nullptr)
    return nullptr;
  exchange_options own;
  own.seed = options.front.seed;
  return make_exchange(own, audit, options.start);
}

} // namespace

virtual_exchange::virtual_exchange(virtual_options options)
    : agenda_{options.start},
      audit_{agenda_, &audit_text_},
      travel_{options.travel},
      chance_{options.front.seed ^ lines_stream},
      own_market_{own_market(options, audit_)},
      front_{std::move(options.front), agenda_, *this, audit_,
             options.market != nullptr ? *options.market : *own_market_} {
  audit_.record("started", {{"port", 0}, {"control_port", 0}, {"tls", false}});
  front_.start();
}

virtual_exchange::~virtual_exchange() = default;

std::unique_ptr<memory_client> virtual_exchange::connect(client_events& events, const std::string& address) {
  const auto way = [this] { return std::make_shared<one_way>(agenda_, travel_, base::rng{chance_.next()}); };
  const memory_link link{way(), way()};
  const std::string peer = fmt::format("{}:{}", address, next_port_++);
  const auto fresh = std::make_shared<memory_line>(front_.next_id(), peer, link, front_, front_.limits());
  front_.welcome(fresh, address);
  fresh->start();
  return std::make_unique<memory_client>(link, peer, events);
}

void virtual_exchange::turn_to(base::time_point at) {
  while (next_due() <= at) {
    agenda_.turn_to(next_due());
    if (front_due_ <= now().steady) {
      front_due_ = base::time_point::max();
      front_.run();
    }
    agenda_.run_due();
  }
  agenda_.turn_to(at);
}

} // namespace cafnode::sim
