#pragma once

#include <string>

struct ssl_st;

namespace cafnode::net {

/// What OpenSSL's error queue says, in words; empties it. "unknown TLS failure" when the queue is empty.
[[nodiscard]] std::string take_openssl_fault();

/// As take_openssl_fault, led by the verdict on the peer's certificate where that is what failed.
[[nodiscard]] std::string tls_fault_text(const ssl_st* ssl);

} // namespace cafnode::net
