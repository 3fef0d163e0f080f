#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cafnode::net {

class tls_context;
class tls_source;

/// Where to connect, and how long that may take.
struct dial_options {
  std::string host; // DNS name or address literal; also the name that TLS verifies
  std::uint16_t port = 443;
  std::string path = "/";                     // target of the HTTP upgrade, with query
  std::shared_ptr<const tls_context> tls;     // none: plain TCP
  std::shared_ptr<tls_source> tls_from;       // gives `tls` at each dial; none: as it stands
  std::chrono::milliseconds deadline{10'000}; // for DNS, TCP, TLS and upgrade together
  std::string name_servers;                   // "192.0.2.53:53,..."; empty: those of /etc/resolv.conf
};

} // namespace cafnode::net
