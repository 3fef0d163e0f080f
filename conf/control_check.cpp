#include "conf/control_check.hpp"

#include "conf/loopback.hpp"

#include <fmt/format.h>

namespace cafnode::conf {

bool is_guarded(const control_config& config) noexcept {
  const bool has_tls = !config.tls_certificate.empty() && !config.tls_key.empty();
  return has_tls && !(config.read_token.empty() && config.operate_token.empty() && config.trade_token.empty());
}

std::vector<control_fault> check_control(const control_config& config) {
  std::vector<control_fault> found;
  if (is_address(config.address) && !is_loopback_address(config.address) && !is_guarded(config))
    found.push_back({fault_code::insecure, "control.address",
                     fmt::format("control.address {} can be reached from other machines, which takes TLS and a token",
                                 config.address),
                     "set control.tls.certificate, control.tls.key and a file of control.tokens; or use 127.0.0.1 and "
                     "a tunnel"});
  if (is_odd_address(config.address))
    found.push_back({fault_code::bad_value, "control.address",
                     fmt::format("control.address {} is no whole address", config.address),
                     "write all four numbers, as in 127.0.0.1"});
  if (config.tls_certificate.empty() != config.tls_key.empty())
    found.push_back({fault_code::contradiction, config.tls_key.empty() ? "control.tls.certificate" : "control.tls.key",
                     "control.tls needs a certificate and its key", "set both, or none"});
  if (!config.socket.empty() && config.socket != socket_off && !config.socket.starts_with('/'))
    found.push_back({fault_code::contradiction, "control.socket",
                     "control.socket is neither an absolute path nor 'off'",
                     "begin it with '/', or leave it out for the usual place"});
  return found;
}

} // namespace cafnode::conf
