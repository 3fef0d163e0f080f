#pragma once

#include "runtime/base/result.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace cafnode::sim {

/// Files of a server's identity: the chain and key it shows, and the authority that its clients have to trust.
struct tls_files {
  std::string chain;
  std::string key;
  std::string authority; // empty when the chain came from outside
};

/// Makes an authority and a certificate for localhost, 127.0.0.1 and ::1, valid for 30 days, in `folder` (made when
/// missing): `sim-ca.pem` and `sim-server.pem` with mode 0644, `sim-server.key` with mode 0600.
[[nodiscard]] base::result<tls_files, std::string> make_tls_files(const std::string& folder);

using tls_server = std::shared_ptr<ssl_ctx_st>;

/// A server context from a chain and key; TLS 1.2 or later, idle connections give their buffers back.
[[nodiscard]] base::result<tls_server, std::string> load_tls_server(const tls_files& files);

} // namespace cafnode::sim
