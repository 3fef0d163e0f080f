#pragma once

#include "runtime/net/tls_context.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct bio_st;

namespace cafnode::net {

enum class tls_role { client, server };

/// What a TLS call came to. `wants_*`: call again, with the same arguments, once the socket is ready for that.
enum class tls_outcome { done, wants_read, wants_write, ended, failed };

struct tls_step {
  tls_outcome outcome = tls_outcome::failed;
  std::size_t bytes = 0;
};

/// One TLS connection over a non-blocking socket that somebody else owns. OpenSSL reads and writes the socket itself,
/// so no byte is copied between buffers and an idle connection holds none. One thread.
class tls_session {
public:
  /// A client's session also verifies `host`, a DNS name or an address literal, and asks for it by SNI; a trailing dot
  /// is left out of both.
  tls_session(const tls_context& context, tls_role role, int socket, const std::string& host);
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;
  ~tls_session();

  /// Whether the last read took all that the socket had: the next one had better wait for the socket first.
  [[nodiscard]] bool socket_drained() const noexcept;

  /// What failed, as a sentence, after tls_outcome::failed.
  [[nodiscard]] std::string fault() const;

  /// The errno of the failure; EPROTO when TLS itself was broken.
  [[nodiscard]] int fault_errno() const noexcept;

  /// Whether our own certificate is good for `name`. False where we have none.
  [[nodiscard]] bool certifies(std::string_view name) const;

  [[nodiscard]] tls_step handshake();
  [[nodiscard]] tls_step read(void* into, std::size_t size);
  [[nodiscard]] tls_step write(const void* from, std::size_t size);

  /// Tells the peer that no more will come, if the socket takes it at once.
  void say_goodbye() noexcept;

private:
  struct wire;

  tls_step judge(int returned, std::size_t bytes);

  std::unique_ptr<wire> wire_;
  ssl_st* ssl_ = nullptr;
  std::string fault_;
};

} // namespace cafnode::net
