#include "actors/session/wanted.hpp"

#include "conf/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace cafnode::session {

namespace {

using conf::apply_effect;

/// What all connections of an exchange have in common.
struct exchange_sums {
  std::uint64_t restart = 0;
  std::uint64_t live = 0;
};

std::uint64_t sum_of(std::string_view text) noexcept {
  std::uint64_t sum = text.size();
  for (const char c : text)
    sum = conf::joined(sum, static_cast<unsigned char>(c));
  return sum;
}

std::uint64_t identity_of(const conf::exchange_config& exchange, const conf::connection_config& entry) {
  const auto& id = entry.auth.client_id;
  std::uint64_t sum = static_cast<std::uint64_t>(exchange.venue);
  for (const std::string_view text :
       {std::string_view{exchange.url.host}, std::string_view{exchange.url.path}, std::string_view{entry.account},
        std::string_view{id.literal}, std::string_view{id.reference.name}})
    sum = conf::joined(sum, sum_of(text));
  sum = conf::joined(sum, exchange.url.port);
  sum = conf::joined(sum, static_cast<std::uint64_t>(id.reference.from));
  return conf::joined(sum, static_cast<std::uint64_t>(entry.auth.method == conf::auth_method::none));
}

void add_entry(wanted_exchange& to, const exchange_sums& sums, const conf::connection_config& written) {
  wanted_connection each;
  each.exchange = to.config;
  each.entry = std::make_shared<conf::connection_config>(written);
  each.revision = conf::joined(sums.restart, conf::fingerprint(written, apply_effect::restart_child));
  each.live = conf::joined(sums.live, conf::fingerprint(written, apply_effect::live));
  each.identity = identity_of(*to.config, written);
  for (std::uint32_t i = 1; i <= written.count; ++i) {
    each.name = written.count > 1 ? fmt::format("{}-{}", written.name, i) : written.name;
    each.path = to.path + "/" + each.name;
    to.connections.push_back(each);
  }
}

} // namespace

const wanted_exchange* wanted_tree::find(std::string_view exchange) const noexcept {
  const auto found = std::ranges::find(exchanges, exchange, &wanted_exchange::name);
  return found == exchanges.end() ? nullptr : &*found;
}

wanted_tree wanted_of(const conf::node_config& config) {
  wanted_tree tree;
  tree.region = config.region;
  for (const auto& exchange : config.exchanges) {
    auto shared = std::make_shared<conf::exchange_config>(exchange);
    shared->connections.clear();
    auto& each = tree.exchanges.emplace_back();
    each.name = exchange.name;
    each.path = config.region + "/" + exchange.name;
    each.config = std::move(shared);
    const exchange_sums sums{conf::fingerprint(*each.config, apply_effect::restart_child),
                             conf::fingerprint(*each.config, apply_effect::live)};
    for (const auto& entry : exchange.connections)
      add_entry(each, sums, entry);
  }
  return tree;
}

} // namespace cafnode::session
