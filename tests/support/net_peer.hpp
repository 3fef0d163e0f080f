#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

struct ssl_st;

namespace cafnode::test {

/// A certificate and its key in PEM files of a temporary folder, gone with the object.
class net_identity {
public:
  /// Self-signed, for `name` (a DNS name or an IPv4 literal).
  explicit net_identity(const std::string& name);

  /// From now on a peer with this identity ends TLS with clients that show no certificate of their own.
  void ask_clients() noexcept { asks_clients_ = true; }

  [[nodiscard]] bool asks_clients() const noexcept { return asks_clients_; }

  net_identity(const net_identity&) = delete;
  net_identity& operator=(const net_identity&) = delete;
  ~net_identity();

  [[nodiscard]] std::string chain_file() const { return folder_ + "/chain.pem"; }

  [[nodiscard]] std::string key_file() const { return folder_ + "/key.pem"; }

  [[nodiscard]] const std::string& folder() const { return folder_; }

private:
  std::string folder_;
  bool asks_clients_ = false;
};

/// One accepted connection as a peer's script sees it: blocking calls that give up after ten seconds.
class net_conn {
public:
  net_conn(int socket, ssl_st* ssl) : socket_{socket}, ssl_{ssl} {}

  /// Reads until `mark` has come; what came so far when the connection ended first.
  std::string read_until(std::string_view mark);
  std::string read_bytes(std::size_t count);

  /// Payload of the next frame of the client, unmasked; `opcode` gets its first byte's low half.
  std::string read_frame(int* opcode = nullptr);

  /// False when the client has gone.
  bool write(std::string_view bytes);

  /// As write, but past TLS.
  bool write_raw(std::string_view bytes) const;

  /// Reads the upgrade request and accepts it, with `fields` (whole lines) in the head and `behind` right after it;
  /// gives the request.
  std::string accept_upgrade(std::string_view fields = {}, std::string_view behind = {});

  /// Waits until the client closes or resets the connection; true when it did.
  bool wait_for_end();

  /// Whether the client ended TLS with a close_notify, as far as was read.
  [[nodiscard]] bool told_goodbye() const;

  /// Sends RST.
  void reset();
  void close();

private:
  std::size_t read_some(char* into, std::size_t size);

  int socket_;
  ssl_st* ssl_;
};

/// A server frame: not masked, with `first` as its first byte (0x81 is a whole text message).
[[nodiscard]] std::string server_frame(std::string_view payload, unsigned first = 0x81);

/// A server on an IPv4 address of this machine, and a free port unless told, that runs `script` for one connection
/// after the other, on a thread of its own.
class net_peer {
public:
  using script = std::function<void(net_conn&)>;

  explicit net_peer(script play, const net_identity* identity = nullptr, int connections = 1,
                    const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  net_peer(const net_peer&) = delete;
  net_peer& operator=(const net_peer&) = delete;
  ~net_peer();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// The name that the last TLS client asked for by SNI. Only once that connection stands.
  [[nodiscard]] std::string server_name() const;

private:
  void serve(const script& play, const net_identity* identity, int connections);

  std::uint16_t port_ = 0; // before the listener, which sets it
  int listener_;
  mutable std::mutex mutex_;
  std::string server_name_;
  std::thread thread_;
};

/// A port of 127.0.0.1 where nobody listens.
[[nodiscard]] std::uint16_t closed_port();

} // namespace cafnode::test
