#include "conf/node_config.hpp"

#include <fmt/format.h>

namespace cafnode::conf {

namespace {

connection_config simulator_connection(std::string name, const auth_config& auth, std::vector<std::string> channels) {
  connection_config out;
  out.name = std::move(name);
  out.auth = auth;
  out.channels = std::move(channels);
  return out;
}

/// Ticker, book and trades of one instrument, as Deribit names the channels.
std::vector<std::string> channels_of(std::string_view instrument) {
  return {fmt::format("ticker.{}.100ms", instrument), fmt::format("book.{}.100ms", instrument),
          fmt::format("trades.{}.100ms", instrument)};
}

} // namespace

node_config built_in_config() {
  exchange_config deribit;
  deribit.name = "deribit";
  deribit.auth.client_id.reference = {secret_origin::env, "CAF_DERIBIT_CLIENT_ID"};
  deribit.auth.client_secret = {secret_origin::env, "CAF_DERIBIT_CLIENT_SECRET"};
  const std::pair<const char*, const char*> plan[] = {
      {"alpha", "BTC-PERPETUAL"}, {"bravo", "ETH-PERPETUAL"}, {"charlie", "BTC-PERPETUAL"}, {"delta", "ETH-PERPETUAL"}};
  for (const auto& [name, instrument] : plan)
    deribit.connections.push_back(simulator_connection(name, deribit.auth, channels_of(instrument)));
  node_config out;
  out.exchanges.push_back(std::move(deribit));
  return out;
}

std::vector<connection_config> expand_connections(const exchange_config& exchange) {
  std::vector<connection_config> out;
  for (const auto& entry : exchange.connections) {
    for (std::uint32_t i = 1; i <= entry.count; ++i) {
      out.push_back(entry);
      out.back().count = 1;
      if (entry.count > 1)
        out.back().name = fmt::format("{}-{}", entry.name, i);
    }
  }
  return out;
}

const std::vector<std::string_view>& words_of(log_level) noexcept {
  static const std::vector<std::string_view> words{"trace", "debug", "info", "warn", "error"};
  return words;
}

const std::vector<std::string_view>& words_of(log_format) noexcept {
  static const std::vector<std::string_view> words{"auto", "json", "text"};
  return words;
}

const std::vector<std::string_view>& words_of(venue) noexcept {
  static const std::vector<std::string_view> words{"deribit"};
  return words;
}

const std::vector<std::string_view>& words_of(auth_method) noexcept {
  static const std::vector<std::string_view> words{"client_credentials", "client_signature", "none"};
  return words;
}

const std::vector<std::string_view>& words_of(secret_origin) noexcept {
  static const std::vector<std::string_view> words{"none", "env", "file"};
  return words;
}

} // namespace cafnode::conf
