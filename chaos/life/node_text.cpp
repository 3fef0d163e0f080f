#include "chaos/life/node_text.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace cafnode::chaos {

namespace {

std::string variable_name(std::size_t account) {
  return fmt::format("CAF_CHAOS_SECRET_{}", account);
}

conf::auth_config auth_of(std::size_t account) {
  const auto secret = account == 0 ? std::string{"sim-secret"} : fmt::format("sim-secret-{}", account);
  ::setenv(variable_name(account).c_str(), secret.c_str(), 0);
  conf::auth_config auth;
  auth.client_id.literal = account_name(account);
  auth.client_secret = {conf::secret_origin::env, variable_name(account)};
  return auth;
}

} // namespace

std::string connection_name(std::size_t index) {
  return fmt::format("c{}", index);
}

std::string account_name(std::size_t index) {
  return index == 0 ? std::string{"sim-key"} : fmt::format("sim-key-{}", index);
}

conf::node_config node_config_of(const life_plan& plan) {
  conf::exchange_config exchange;
  exchange.name = "deribit";
  for (std::size_t i = 0; i < plan.accounts.size(); ++i) {
    conf::connection_config connection;
    connection.name = connection_name(i);
    connection.account = account_name(plan.accounts[i]);
    connection.auth = auth_of(plan.accounts[i]);
    connection.own_auth = true;
    exchange.connections.push_back(std::move(connection));
  }
  conf::node_config config;
  config.name = "node-1";
  config.region = "tokyo";
  config.exchanges.push_back(std::move(exchange));
  return config;
}

} // namespace cafnode::chaos
