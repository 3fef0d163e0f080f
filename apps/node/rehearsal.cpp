#include "apps/node/rehearsal.hpp"

#include "apps/node/listeners.hpp"
#include "runtime/base/descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cafnode::node {

namespace {

using reason = std::optional<std::string>;

/// As the log opens it; a file that was made for this goes again.
reason why_no_log(const std::string& path) {
  struct stat about {};

  const bool is_new = ::lstat(path.c_str(), &about) != 0 && errno == ENOENT;
  const base::descriptor file{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640)};
  if (file.get() < 0)
    return fmt::format("log.file {} cannot be opened: {}", path, std::strerror(errno));
  if (is_new)
    ::unlink(path.c_str());
  return std::nullopt;
}

/// Binds for a moment, as the control API does, and does not listen: nobody can come.
reason why_not_bound(const std::string& address, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &wanted, &list); error != 0)
    return fmt::format("control.address {} is no address: {}", address, gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{list, ::freeaddrinfo};
  const base::descriptor socket{::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int yes = 1;
  if (socket.get() < 0 || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(socket.get(), list->ai_addr, list->ai_addrlen) != 0)
    return fmt::format("control.address {}, control.port {} cannot be had: {}", address, port, std::strerror(errno));
  return std::nullopt;
}

reason why_no_port(const conf::control_config& running, const conf::control_config& wanted) {
  if (wanted.address == running.address && wanted.port == running.port)
    return std::nullopt;
  const auto address = bound_address(wanted);
  if (!address)
    return address.fault().text;
  // Of its own port the running node tells nothing about others: only whether the address is one of this machine.
  return why_not_bound(address.value(), wanted.port == running.port ? std::uint16_t{0} : wanted.port);
}

reason why_no_socket(const conf::control_config& running, const conf::control_config& wanted) {
  if (wanted.socket.empty() || wanted.socket == conf::socket_off || wanted.socket == running.socket)
    return std::nullopt;
  if (const auto fault = net::local_socket::why_not(wanted.socket))
    return "control.socket: " + fault->text;
  return std::nullopt;
}

} // namespace

std::optional<std::string> why_no_start(const conf::node_config& running, const conf::node_config& wanted) {
  if (const auto keys = read_keys(wanted.control); !keys)
    return keys.fault().text;
  if (!wanted.log_file.empty() && wanted.log_file != running.log_file)
    if (auto why = why_no_log(wanted.log_file))
      return why;
  if (auto why = why_no_port(running.control, wanted.control))
    return why;
  return why_no_socket(running.control, wanted.control);
}

} // namespace cafnode::node
