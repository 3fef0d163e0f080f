#include "tests/support/net_peer.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace cafnode::test {

namespace {

void must(bool held, const char* what) {
  if (!held)
    throw std::runtime_error{what};
}

int listen_at(const std::string& address, std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  must(inet_pton(AF_INET, address.c_str(), &at.sin_addr) == 1, "inet_pton");
  const int again = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
  socklen_t size = sizeof at;
  must(::bind(listener, reinterpret_cast<sockaddr*>(&at), size) == 0, "bind");
  must(::listen(listener, 8) == 0, "listen");
  must(::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) == 0, "getsockname");
  port = ntohs(at.sin_port);
  return listener;
}

SSL* accept_tls(SSL_CTX* context, int socket) {
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, socket);
  SSL_accept(ssl); // a client that refuses us shows in the first read
  return ssl;
}

void sign_self(X509* certificate, EVP_PKEY* key, const std::string& name) {
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  auto* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  in_addr scratch{};
  const bool address = inet_pton(AF_INET, name.c_str(), &scratch) == 1;
  const auto value = (address ? "IP:" : "DNS:") + name;
  auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  must(X509_sign(certificate, key, EVP_sha256()) > 0, "X509_sign");
}

} // namespace

net_identity::net_identity(const std::string& name) {
  std::string pattern = std::filesystem::temp_directory_path() / "cafnode-net-XXXXXX";
  must(::mkdtemp(pattern.data()) != nullptr, "mkdtemp");
  folder_ = pattern;
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  sign_self(certificate, key, name);
  std::FILE* chain = std::fopen(chain_file().c_str(), "w");
  PEM_write_X509(chain, certificate);
  std::fclose(chain);
  std::FILE* secret = std::fopen(key_file().c_str(), "w");
  PEM_write_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(secret);
  std::filesystem::permissions(key_file(), std::filesystem::perms{0600});
  X509_free(certificate);
  EVP_PKEY_free(key);
}

net_identity::~net_identity() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::size_t net_conn::read_some(char* into, std::size_t size) {
  const auto got = ssl_ != nullptr ? SSL_read(ssl_, into, static_cast<int>(size)) : ::recv(socket_, into, size, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::string net_conn::read_until(std::string_view mark) {
  std::string seen;
  char next = 0;
  while (seen.find(mark) == std::string::npos && read_some(&next, 1) == 1)
    seen.push_back(next);
  return seen;
}

std::string net_conn::read_bytes(std::size_t count) {
  std::string seen(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const auto got = read_some(seen.data() + filled, count - filled);
    if (got == 0)
      break;
    filled += got;
  }
  seen.resize(filled);
  return seen;
}

std::string net_conn::read_frame(int* opcode) {
  const auto head = read_bytes(2);
  if (head.size() < 2)
    return {};
  if (opcode != nullptr)
    *opcode = head[0] & 0x0f;
  std::size_t size = static_cast<unsigned char>(head[1]) & 0x7fU;
  const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (more > 0)
    size = 0;
  for (const char byte : read_bytes(more))
    size = (size << 8U) | static_cast<unsigned char>(byte);
  const auto mask = read_bytes(4);
  auto payload = read_bytes(size);
  for (std::size_t at = 0; at < payload.size(); ++at)
    payload[at] = static_cast<char>(payload[at] ^ mask[at % 4]);
  return payload;
}

bool net_conn::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool net_conn::write_raw(std::string_view bytes) const {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

std::string net_conn::accept_upgrade(std::string_view fields, std::string_view behind) {
  auto request = read_until("\r\n\r\n");
  constexpr std::string_view field = "Sec-WebSocket-Key: ";
  const auto begin = request.find(field);
  if (begin == std::string::npos)
    return request;
  const auto key = request.substr(begin + field.size(), 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  EVP_Digest(key.data(), key.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  std::array<unsigned char, 32> text{};
  EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
        std::string{reinterpret_cast<const char*>(text.data())} + "\r\n" + std::string{fields} + "\r\n" +
        std::string{behind});
  return request;
}

bool net_conn::wait_for_end() {
  std::array<char, 4096> scratch{};
  for (;;) {
    const auto got = ssl_ != nullptr ? SSL_read(ssl_, scratch.data(), static_cast<int>(scratch.size()))
                                     : ::recv(socket_, scratch.data(), scratch.size(), 0);
    if (got <= 0)
      return !(got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
  }
}

bool net_conn::told_goodbye() const {
  return ssl_ != nullptr && (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void net_conn::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void net_conn::close() {
  if (socket_ >= 0)
    ::close(socket_);
  socket_ = -1;
}

std::string server_frame(std::string_view payload, unsigned first) {
  std::string frame(1, static_cast<char>(first));
  const auto size = payload.size();
  if (size < 126)
    frame.push_back(static_cast<char>(size));
  else
    frame.push_back(size < 65536 ? 126 : 127);
  const unsigned bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
  for (unsigned at = bytes; at > 0; --at)
    frame.push_back(static_cast<char>(size >> (8 * (at - 1))));
  return frame.append(payload);
}

net_peer::net_peer(script play, const net_identity* identity, int connections, const std::string& address,
                   std::uint16_t port)
    : port_{port}, listener_{listen_at(address, port_)} {
  thread_ = std::thread{[this, play = std::move(play), identity, connections] { serve(play, identity, connections); }};
}

net_peer::~net_peer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string net_peer::server_name() const {
  const std::lock_guard lock{mutex_};
  return server_name_;
}

void net_peer::serve(const script& play, const net_identity* identity, int connections) {
  SSL_CTX* context = nullptr;
  if (identity != nullptr) {
    context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(context, identity->chain_file().c_str());
    SSL_CTX_use_PrivateKey_file(context, identity->key_file().c_str(), SSL_FILETYPE_PEM);
    if (identity->asks_clients())
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  for (; connections > 0; --connections) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0)
      break;
    const timeval patience{10, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int on = 1; // a reset drops what Nagle holds back
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL* ssl = context != nullptr ? accept_tls(context, socket) : nullptr;
    const char* asked = ssl != nullptr ? SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) : nullptr;
    {
      const std::lock_guard lock{mutex_};
      server_name_ = asked == nullptr ? "" : asked;
    }
    net_conn conn{socket, ssl};
    play(conn);
    conn.close();
    SSL_free(ssl);
  }
  SSL_CTX_free(context);
}

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  ::close(listen_at("127.0.0.1", port));
  return port;
}

} // namespace cafnode::test
