#include "runtime/net/tls_fault.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace cafnode::net {

std::string take_openssl_fault() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown TLS failure" : reason;
}

std::string tls_fault_text(const ssl_st* ssl) {
  auto text = take_openssl_fault();
  const auto verdict = SSL_get_verify_result(ssl);
  if (verdict == X509_V_OK)
    return text;
  return std::string{X509_verify_cert_error_string(verdict)} + " (" + text + ")";
}

} // namespace cafnode::net
