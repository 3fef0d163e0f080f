#pragma once

#include "runtime/base/result.hpp"

#include <memory>
#include <string>

namespace cafnode::net {

/// How an outgoing TLS connection verifies its peer.
struct tls_client_options {
  std::string ca_file;     // PEM; empty: the system's trust store
  bool verify_peer = true; // false only for tests that say so
};

/// TLS settings shared by many connections. Immutable once made; any thread.
class tls_context {
public:
  virtual ~tls_context() = default;

  /// The OpenSSL SSL_CTX*, for the net folder's own use.
  [[nodiscard]] virtual void* native() const noexcept = 0;
};

/// TLS 1.2 or later, the peer's chain and name verified; the fault is a sentence for the operator.
[[nodiscard]] base::result<std::shared_ptr<const tls_context>, std::string>
make_tls_client(const tls_client_options& options);

/// A server's context from a PEM certificate chain and key.
[[nodiscard]] base::result<std::shared_ptr<const tls_context>, std::string>
make_tls_server(const std::string& chain_file, const std::string& key_file);

} // namespace cafnode::net
