#pragma once

#include "runtime/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace cafnode::net {

/// Why a unix socket could not be had.
struct local_socket_fault {
  enum class kind : std::uint8_t {
    in_use, // somebody listens there
    unsafe, // others could get at it, or put theirs in its place
    system  // the system says no
  };
  kind why = kind::system;
  std::string text; // what happened, where, and what to do
};

/// A unix socket that listens, and its file, which goes with it.
class local_socket {
public:
  /// Listens at `path`. Its folder is made if it is missing; it must be a real folder (no symbolic link), this user's
  /// own, of mode 0700, and nobody else may be able to replace it. What a dead process left at `path` is replaced.
  [[nodiscard]] static base::result<local_socket, local_socket_fault> listen(const std::string& path);

  /// Why listen() would fail at `path`, by looking only: nothing is made or removed. A folder that is missing is one
  /// that can be made when the one above it can be written to. This process's own listener stands in nobody's way.
  [[nodiscard]] static std::optional<local_socket_fault> why_not(const std::string& path);

  local_socket(local_socket&& other) noexcept;
  local_socket& operator=(local_socket&&) = delete;
  ~local_socket();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// The descriptor, which is the caller's from now on; the file stays this object's.
  [[nodiscard]] int release() noexcept;

private:
  local_socket(std::string path, int descriptor) : path_{std::move(path)}, descriptor_{descriptor} {}

  std::string path_;
  int descriptor_ = -1;
  dev_t device_ = 0; // of the file, by which it is known again
  ino_t inode_ = 0;
};

/// Removes the sockets in `folder` that nobody listens on, such as killed nodes leave. Only from a folder that
/// local_socket would use.
void sweep_local_sockets(const std::string& folder);

/// The process and user at the other end of a connected unix socket (SO_PEERCRED).
struct local_peer {
  pid_t process = 0;
  uid_t user = 0;
};

[[nodiscard]] std::optional<local_peer> peer_of(int socket);

/// Whether the other end is this process's own user or root.
[[nodiscard]] bool is_own_or_root(int socket);

/// Who listens at `path`, if anybody does.
[[nodiscard]] std::optional<local_peer> listener_at(const std::string& path);

} // namespace cafnode::net
