#include "runtime/net/tls_fault.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace cafnode::net {

namespace {

/// The last fault of the queue; newer OpenSSLs put one on top of a record's that says nothing.
unsigned long telling_fault() {
  const auto last = ERR_peek_last_error();
#ifdef SSL_R_RECORD_LAYER_FAILURE
  if (ERR_GET_LIB(last) == ERR_LIB_SSL && ERR_GET_REASON(last) == SSL_R_RECORD_LAYER_FAILURE)
    return ERR_peek_error();
#endif
  return last;
}

} // namespace

std::string take_openssl_fault() {
  const auto code = telling_fault();
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
