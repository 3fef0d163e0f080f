#include "conf/control_check.hpp"
#include "conf/decoder.hpp"
#include "conf/loopback.hpp"
#include "conf/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cafnode::conf {

namespace {

constexpr std::size_t connections_total_max = 10'000;

bool is_loopback(std::string_view host) {
  return is_loopback_address(host) || host == "localhost" || host == "ip6-localhost";
}

class checker {
public:
  checker(const positions& where, fault_sink& sink) : where_{&where}, sink_{&sink} {}

  void check(const node_config& config) {
    for (auto& fault : check_control(config.control))
      add(fault.code, fault.path, std::move(fault.message), std::move(fault.hint));
    for (std::size_t i = 0; i < config.exchanges.size(); ++i)
      check_exchange(config.exchanges[i], entry_path("exchanges", config.exchanges[i].name, i));
    if (connections_ > connections_total_max)
      add(fault_code::out_of_range, "exchanges",
          fmt::format("{} connections are more than the {} that a node takes", connections_, connections_total_max),
          "lower the counts");
  }

private:
  /// As the decoder names entries: by their name, or by their place where the name is taken or wrong.
  [[nodiscard]] std::string entry_path(const std::string& list, const std::string& name, std::size_t index) const {
    auto indexed = fmt::format("{}[{}]", list, index);
    return where_->contains(indexed) || !is_name(name) ? indexed : fmt::format("{}.{}", list, name);
  }

  /// At the value's own place, or at the nearest section above that the file has.
  void add(fault_code code, const std::string& path, std::string message, std::string hint,
           severity level = severity::error) {
    if (sink_->has(path))
      return;
    position at;
    for (auto place = path; !place.empty();
         place.resize(std::min(place.size(), place.rfind('.') == std::string::npos ? 0 : place.rfind('.'))))
      if (const auto found = where_->find(place); found != where_->end()) {
        at = found->second;
        break;
      }
    sink_->add(code, at, path, std::move(message), std::move(hint), level);
  }

  void check_exchange(const exchange_config& exchange, const std::string& path) {
    if (!exchange_names_.insert(exchange.name).second)
      add(fault_code::not_unique, path, fmt::format("a second exchange is called '{}'", exchange.name),
          "names are unique");
    check_times(exchange, path);
    check_url(exchange, path);
    check_connections(exchange, path);
  }

  void check_times(const exchange_config& exchange, const std::string& path) {
    const auto contradiction = [&](std::string_view key, std::string_view message) {
      add(fault_code::contradiction, fmt::format("{}.{}", path, key), fmt::format("{}.{} {}", path, key, message), {});
    };
    const auto& heartbeat = exchange.heartbeat;
    if (heartbeat.interval.count() % 1000 != 0)
      contradiction("heartbeat.interval", "must be whole seconds");
    if (heartbeat.answer_deadline >= heartbeat.interval)
      contradiction("heartbeat.answer_deadline", "must be shorter than the interval");
    if (heartbeat.silence_limit <= heartbeat.interval)
      contradiction("heartbeat.silence_limit", "must be longer than the interval, else a healthy connection is cut");
    if (exchange.connect.backoff.first > exchange.connect.backoff.cap)
      contradiction("connect.backoff.first", "must not be longer than the cap");
  }

  void check_url(const exchange_config& exchange, const std::string& path) {
    if (!exchange.url.path.starts_with('/'))
      add(fault_code::bad_value, path + ".url.path", path + ".url.path must begin with '/'", {});
    if (!exchange.url.tls && !exchange.url.ca_file.empty())
      add(fault_code::contradiction, path + ".url.ca_file", path + ".url.ca_file is of no use without TLS",
          "set tls: true", severity::warning);
    if (!exchange.url.tls && !is_loopback(exchange.url.host))
      add(fault_code::insecure, path + ".url.tls",
          path + ".url.tls: credentials and orders would cross the network in clear", "set tls: true",
          severity::warning);
  }

  void check_connections(const exchange_config& exchange, const std::string& path) {
    bool inherits = false;
    for (std::size_t i = 0; i < exchange.connections.size(); ++i) {
      const auto& connection = exchange.connections[i];
      const auto below = entry_path(path + ".connections", connection.name, i);
      check_names(connection, below);
      if (connection.own_auth)
        check_auth(connection.auth, below + ".auth");
      inherits = inherits || !connection.own_auth;
    }
    if (inherits)
      check_auth(exchange.auth, path + ".auth");
  }

  /// An entry with a count stands for as many names; unique in the node, because commands name a connection alone.
  void check_names(const connection_config& connection, const std::string& path) {
    connections_ += connection.count;
    if (connections_ > connections_total_max || !is_name(connection.name))
      return;
    for (std::uint32_t i = 1; i <= connection.count; ++i) {
      const auto name = connection.count > 1 ? fmt::format("{}-{}", connection.name, i) : connection.name;
      if (!is_name(name))
        return add(fault_code::bad_value, path + ".name",
                   fmt::format("'{}' is longer than the 32 characters of a name", name), "take a shorter name");
      if (!connection_names_.insert(name).second)
        return add(fault_code::not_unique, path + ".name", fmt::format("a second connection is called '{}'", name),
                   "names are unique in the node");
    }
  }

  void check_auth(const auth_config& auth, const std::string& path) {
    if (auth.method == auth_method::none)
      return;
    const std::string hint = "or write 'method: none' for public data only";
    if (auth.client_id.empty())
      add(fault_code::missing_key, path + ".client_id", path + ".client_id is missing", hint);
    if (auth.client_secret.from == secret_origin::none)
      add(fault_code::missing_key, path + ".client_secret", path + ".client_secret is missing", hint);
  }

  const positions* where_;
  fault_sink* sink_;
  std::set<std::string> exchange_names_;
  std::set<std::string> connection_names_;
  std::size_t connections_ = 0;
};

} // namespace

void check_config(const node_config& config, const positions& where, fault_sink& sink) {
  checker{where, sink}.check(config);
}

} // namespace cafnode::conf
