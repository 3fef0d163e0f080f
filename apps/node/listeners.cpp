#include "apps/node/listeners.hpp"

#include "conf/control_check.hpp"
#include "conf/loopback.hpp"
#include "conf/secret_source.hpp"
#include "runtime/net/http_target.hpp"
#include "runtime/net/local_folders.hpp"
#include "runtime/net/tls_context.hpp"
#include "runtime/observe/log.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <netdb.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cafnode::node {

namespace {

const observe::channel log{"node"};

template<class Value>
using outcome = base::result<Value, control_failure>;

base::failure<control_failure> bad_config(std::string text) {
  return base::failure{control_failure{exit_code::bad_config, std::move(text)}};
}

/// The addresses that a name leads to, as text, those of IPv4 first.
outcome<std::vector<std::string>> addresses_of(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(name.c_str(), nullptr, &wanted, &list);
  if (error != 0)
    return bad_config(fmt::format("control.address {} leads nowhere: {}; write an address", name, gai_strerror(error)));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{list, ::freeaddrinfo};
  std::vector<std::string> found;
  for (const int family : {AF_INET, AF_INET6})
    for (const auto* each = list; each != nullptr; each = each->ai_next)
      if (each->ai_family == family)
        found.push_back(net::address_text(each->ai_addr, each->ai_addrlen));
  return found;
}

outcome<net::http_server_options> tcp_part(const conf::control_config& config) {
  net::http_server_options out;
  auto address = bound_address(config);
  if (!address)
    return base::failure{address.fault()};
  out.address = std::move(address).value();
  out.port = config.port;
  out.names.push_back(config.address);
  return out;
}

outcome<std::vector<control::access_token>> tokens_of(const conf::control_config& config) {
  std::vector<control::access_token> out;
  const std::pair<const std::string*, control::scope> files[] = {{&config.read_token, control::scope::read},
                                                                 {&config.operate_token, control::scope::operate},
                                                                 {&config.trade_token, control::scope::trade}};
  for (const auto& [file, good_for] : files) {
    if (file->empty())
      continue;
    auto token = conf::read_token(*file);
    if (!token)
      return bad_config(fmt::format("control.tokens.{}: {}", control::to_string(good_for), token.fault()));
    out.push_back({std::move(token).value(), good_for});
  }
  return out;
}

outcome<net::local_socket> taken(base::result<net::local_socket, net::local_socket_fault> made) {
  if (made)
    return std::move(made).value();
  const bool helps = made.fault().why != net::local_socket_fault::kind::unsafe;
  return base::failure{
      control_failure{helps ? exit_code::temporary : exit_code::bad_config, "control.socket: " + made.fault().text}};
}

/// A node's name as that of a file.
std::string file_name(std::string name) {
  for (auto& letter : name)
    if (letter == '/' || (letter == '.' && &letter == &name.front()))
      letter = '-';
  return name;
}

outcome<net::local_socket> usual_socket(const conf::node_config& config) {
  using kind = net::local_socket_fault::kind;
  const auto folder =
      net::control_socket_folders([](const char* name) { return std::getenv(name); }, ::geteuid()).front();
  net::sweep_local_sockets(folder);
  const auto usual = folder + "/" + file_name(config.name);
  auto made = net::local_socket::listen(usual + ".sock");
  if (made || made.fault().why != kind::in_use)
    return taken(std::move(made));
  // Nodes of one name beside each other, as in tests: both can be found.
  log.warn("another node of this name has the usual control socket", {observe::kv("what", made.fault().text)});
  return taken(net::local_socket::listen(fmt::format("{}.{}.sock", usual, ::getpid())));
}

} // namespace

outcome<std::string> bound_address(const conf::control_config& config) {
  if (config.address == "localhost")
    return std::string{"127.0.0.1"}; // this one has one meaning, whatever a name server says
  if (conf::is_address(config.address))
    return config.address;
  const auto found = addresses_of(config.address);
  if (!found)
    return base::failure{found.fault()};
  for (const auto& each : found.value())
    if (!conf::is_loopback_address(each) && !conf::is_guarded(config))
      return bad_config(
          fmt::format("control.address {} leads to {}, which can be reached from other machines, and that "
                      "takes TLS and a token: set control.tls and control.tokens, or use 127.0.0.1",
                      config.address, each));
  if (found.value().empty())
    return bad_config(fmt::format("control.address {} leads nowhere; write an address", config.address));
  return found.value().front();
}

outcome<control_keys> read_keys(const conf::control_config& config) {
  control_keys out;
  auto tokens = tokens_of(config);
  if (!tokens)
    return base::failure{tokens.fault()};
  out.tokens = std::move(tokens).value();
  if (config.tls_certificate.empty())
    return out;
  auto context = net::make_tls_server(config.tls_certificate, config.tls_key);
  if (!context)
    return bad_config("control.tls: " + context.fault());
  out.tls = std::move(context).value();
  return out;
}

outcome<net::local_socket> take_socket(const conf::node_config& config) {
  return config.control.socket.empty() ? usual_socket(config) : taken(net::local_socket::listen(config.control.socket));
}

outcome<control_listeners> prepare_listeners(const conf::node_config& config) {
  control_listeners out;
  auto tcp = tcp_part(config.control);
  if (!tcp)
    return base::failure{tcp.fault()};
  out.tcp = std::move(tcp).value();
  auto keys = read_keys(config.control);
  if (!keys)
    return base::failure{keys.fault()};
  out.tcp.tls = std::move(keys.value().tls);
  out.rules = {std::move(keys.value().tokens), conf::is_loopback_address(out.tcp.address)};
  if (config.control.socket == conf::socket_off)
    return out;
  auto local = take_socket(config);
  if (!local)
    return base::failure{local.fault()};
  out.local.emplace(std::move(local).value());
  return out;
}

} // namespace cafnode::node
