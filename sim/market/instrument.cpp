#include "sim/market/instrument.hpp"

#include <array>
#include <chrono>

namespace cafnode::sim {

namespace {

using namespace std::chrono;

constexpr std::int64_t perpetual_end_ms = 32'503'708'800'000;

decimal number(std::string_view text) {
  return decimal::parse(text).value();
}

/// The last Friday of its month, at least `ahead` after `start`; contracts end at 08:00 UTC.
sys_days last_friday(base::moment start, days ahead) {
  const auto earliest = floor<days>(start.wall) + ahead;
  const year_month_day day{earliest};
  for (auto month = day.year() / day.month();; month += months{1}) {
    const sys_days friday{month / Friday[last]};
    if (friday >= earliest)
      return friday;
  }
}

std::string date_name(sys_days day) {
  constexpr std::array<const char*, 12> names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                              "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  const year_month_day date{day};
  return std::to_string(static_cast<unsigned>(date.day())) + names[static_cast<unsigned>(date.month()) - 1] +
         std::to_string(static_cast<int>(date.year()) % 100);
}

std::int64_t end_ms(sys_days day) {
  return duration_cast<milliseconds>((day + hours{8}).time_since_epoch()).count();
}

instrument inverse_future(const std::string& coin) {
  instrument made;
  made.style = pay_style::inverse;
  made.base = made.settlement = coin;
  made.quote = made.counter = "USD";
  made.index = coin == "BTC" ? "btc_usd" : "eth_usd";
  made.tick = number(coin == "BTC" ? "0.5" : "0.05");
  made.contract = made.min_amount = made.amount_step = whole(coin == "BTC" ? 10 : 1);
  made.max_amount = whole(10'000'000);
  made.taker_fee = number("0.0005");
  made.leverage = 50;
  return made;
}

instrument inverse_perpetual(const std::string& coin) {
  auto made = inverse_future(coin);
  made.name = coin + "-PERPETUAL";
  made.period = "perpetual";
  made.expires_ms = perpetual_end_ms;
  return made;
}

instrument dated_future(const std::string& coin, sys_days day, std::int64_t basis_ppm) {
  auto made = inverse_future(coin);
  made.name = coin + "-" + date_name(day);
  made.period = "month";
  made.expires_ms = end_ms(day);
  made.tick = number(coin == "BTC" ? "2.5" : "0.25");
  made.basis_ppm = basis_ppm;
  return made;
}

instrument linear_perpetual(const std::string& coin) {
  instrument made;
  made.name = coin + "_USDC-PERPETUAL";
  made.base = coin;
  made.quote = made.counter = made.settlement = "USDC";
  made.period = "perpetual";
  made.index = coin == "BTC" ? "btc_usdc" : "eth_usdc";
  made.expires_ms = perpetual_end_ms;
  made.tick = number(coin == "BTC" ? "0.5" : "0.1");
  made.contract = made.min_amount = made.amount_step = number(coin == "BTC" ? "0.0001" : "0.001");
  made.max_amount = whole(coin == "BTC" ? 500 : 10'000);
  made.taker_fee = number("0.0005");
  made.leverage = 50;
  return made;
}

instrument option(sys_days day, std::int64_t strike, bool call) {
  instrument made;
  made.name = "BTC-" + date_name(day) + "-" + std::to_string(strike) + (call ? "-C" : "-P");
  made.kind = instrument_kind::option;
  made.base = made.quote = made.settlement = "BTC";
  made.counter = "USD";
  made.period = "month";
  made.index = "btc_usd";
  made.expires_ms = end_ms(day);
  made.tick = number("0.0001");
  made.tick_steps = {{number("0.005"), number("0.0005")}};
  made.contract = whole(1);
  made.min_amount = made.amount_step = number("0.1");
  made.max_amount = whole(1'000);
  made.maker_fee = made.taker_fee = number("0.0003");
  made.strike = whole(strike);
  made.call = call;
  return made;
}

/// The dated future bought and the perpetual sold, at the difference of their prices.
instrument future_spread(const std::string& coin, sys_days day, std::int64_t basis_ppm) {
  auto made = dated_future(coin, day, basis_ppm);
  made.name = coin + "-FS-" + date_name(day) + "_PERP";
  made.kind = instrument_kind::future_combo;
  made.style = pay_style::linear;
  made.tick = number("0.5");
  made.taker_fee = {};
  return made;
}

instrument spot(const std::string& coin) {
  instrument made;
  made.name = coin + "_USDC";
  made.kind = instrument_kind::spot;
  made.style = pay_style::spot;
  made.base = coin;
  made.quote = made.counter = made.settlement = "USDC";
  made.index = coin == "BTC" ? "btc_usdc" : "eth_usdc";
  made.expires_ms = perpetual_end_ms;
  made.tick = number(coin == "BTC" ? "1" : "0.1");
  made.contract = made.min_amount = made.amount_step = number("0.0001");
  made.max_amount = whole(coin == "BTC" ? 500 : 10'000);
  return made;
}

} // namespace

decimal instrument::tick_at(decimal price) const {
  decimal found = tick;
  for (const auto& step : tick_steps)
    if (price > step.above)
      found = step.tick;
  return found;
}

std::string_view name_of(instrument_kind kind) {
  switch (kind) {
  case instrument_kind::future:
    return "future";
  case instrument_kind::option:
    return "option";
  case instrument_kind::spot:
    return "spot";
  case instrument_kind::future_combo:
    return "future_combo";
  }
  return "future";
}

bool listed_under(const instrument& what, std::string_view currency) {
  return currency == "any" || what.settlement == currency ||
         (what.kind == instrument_kind::spot && what.base == currency);
}

std::vector<instrument> default_instruments(base::moment start, decimal btc_price) {
  const auto near = last_friday(start, days{7});
  const auto far = last_friday(start, days{60});
  std::vector<instrument> all{inverse_perpetual("BTC"),
                              inverse_perpetual("ETH"),
                              dated_future("BTC", near, 2'000),
                              dated_future("BTC", far, 8'000),
                              dated_future("ETH", near, 2'000),
                              linear_perpetual("BTC"),
                              linear_perpetual("ETH"),
                              spot("BTC"),
                              spot("ETH")};
  const auto centre = floor_to(btc_price, whole(1'000)).raw() / decimal::one;
  for (const std::int64_t strike : {centre - 5'000, centre, centre + 5'000})
    if (strike > 0)
      for (const bool call : {true, false})
        all.push_back(option(near, strike, call));
  all.push_back(future_spread("BTC", near, 2'000));
  std::int64_t id = 124'972;
  for (auto& each : all) {
    each.id = id++;
    each.created_ms = base::to_unix_ms(start.wall) - 86'400'000;
  }
  return all;
}

} // namespace cafnode::sim
