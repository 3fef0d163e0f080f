#include "runtime/net/tls_session.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/net/tls_fault.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace cafnode::net {

/// The socket as OpenSSL's BIO sees it.
struct tls_session::wire {
  int socket = -1;
  int error = 0;
  bool ended = false;
  bool drained = false;
};

namespace {

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

bool is_address(const std::string& host) {
  in6_addr scratch{};
  return inet_pton(AF_INET, host.c_str(), &scratch) == 1 || inet_pton(AF_INET6, host.c_str(), &scratch) == 1;
}

/// "ex.test." names the same host as "ex.test", but neither certificates nor SNI (RFC 6066, 3) know the trailing dot.
std::string without_root(const std::string& host) {
  return host.size() > 1 && host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

template<class Wire>
int wire_read(BIO* bio, char* into, int size) {
  auto& self = *static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(self.socket, into, static_cast<std::size_t>(size), 0);
  self.drained = got < size;
  if (got > 0)
    return static_cast<int>(got);
  self.ended = got == 0;
  if (got < 0 && would_block(errno))
    BIO_set_retry_read(bio);
  else
    self.error = got == 0 ? 0 : errno;
  return static_cast<int>(got);
}

template<class Wire>
int wire_write(BIO* bio, const char* from, int size) {
  auto& self = *static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const auto sent = ::send(self.socket, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent >= 0)
    return static_cast<int>(sent);
  if (would_block(errno))
    BIO_set_retry_write(bio);
  else
    self.error = errno;
  return -1;
}

template<class Wire>
long wire_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH)
    return 1;
  return command == BIO_CTRL_EOF && static_cast<Wire*>(BIO_get_data(bio))->ended ? 1 : 0;
}

template<class Wire>
BIO_METHOD* make_wire_method() {
  auto* method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "socket without signals");
  BIO_meth_set_read(method, wire_read<Wire>);
  BIO_meth_set_write(method, wire_write<Wire>);
  BIO_meth_set_ctrl(method, wire_control<Wire>);
  return method;
}

void expect_peer(SSL* ssl, const std::string& host) {
  auto* verify = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str());
    return;
  }
  const auto name = without_root(host);
  X509_VERIFY_PARAM_set1_host(verify, name.c_str(), name.size());
  SSL_set_tlsext_host_name(ssl, name.c_str());
}

} // namespace

tls_session::tls_session(const tls_context& context, tls_role role, int socket, const std::string& host)
    : wire_{std::make_unique<wire>()}, ssl_{SSL_new(static_cast<SSL_CTX*>(context.native()))} {
  static BIO_METHOD* const method = make_wire_method<wire>();
  CAFNODE_INVARIANT(ssl_ != nullptr && method != nullptr, "OpenSSL has no memory for a connection");
  wire_->socket = socket;
  auto* bio = BIO_new(method);
  CAFNODE_INVARIANT(bio != nullptr, "OpenSSL has no memory for a connection");
  BIO_set_data(bio, wire_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_read_ahead(ssl_, 1);
  if (role == tls_role::server) {
    SSL_set_accept_state(ssl_);
  } else {
    SSL_set_connect_state(ssl_);
    expect_peer(ssl_, host);
  }
}

tls_session::~tls_session() {
  SSL_free(ssl_);
}

bool tls_session::socket_drained() const noexcept {
  return wire_->drained && SSL_has_pending(ssl_) == 0;
}

std::string tls_session::fault() const {
  return fault_;
}

int tls_session::fault_errno() const noexcept {
  return wire_->error != 0 ? wire_->error : EPROTO;
}

bool tls_session::certifies(std::string_view name) const {
  auto* own = SSL_get_certificate(ssl_);
  return own != nullptr && !name.empty() && X509_check_host(own, name.data(), name.size(), 0, nullptr) == 1;
}

tls_step tls_session::handshake() {
  ERR_clear_error();
  return judge(SSL_do_handshake(ssl_), 0);
}

tls_step tls_session::read(void* into, std::size_t size) {
  ERR_clear_error();
  std::size_t got = 0;
  const int returned = SSL_read_ex(ssl_, into, size, &got);
  return judge(returned, got);
}

tls_step tls_session::write(const void* from, std::size_t size) {
  ERR_clear_error();
  std::size_t sent = 0;
  const int returned = SSL_write_ex(ssl_, from, size, &sent);
  return judge(returned, sent);
}

void tls_session::say_goodbye() noexcept {
  if (SSL_is_init_finished(ssl_) == 0 || wire_->error != 0)
    return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
}

tls_step tls_session::judge(int returned, std::size_t bytes) {
  if (returned == 1)
    return {tls_outcome::done, bytes};
  const int error = SSL_get_error(ssl_, returned);
  if (error == SSL_ERROR_WANT_READ)
    return {tls_outcome::wants_read, 0};
  if (error == SSL_ERROR_WANT_WRITE)
    return {tls_outcome::wants_write, 0};
  if (error == SSL_ERROR_ZERO_RETURN || wire_->ended) {
    fault_ = "the peer closed the connection";
    return {tls_outcome::ended, 0};
  }
  if (error == SSL_ERROR_SSL)
    wire_->error = 0;
  fault_ = wire_->error != 0 ? std::strerror(wire_->error) : tls_fault_text(ssl_);
  return {tls_outcome::failed, 0};
}

} // namespace cafnode::net
