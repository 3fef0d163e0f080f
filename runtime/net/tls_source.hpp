#pragma once

#include "runtime/net/tls_context.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace cafnode::net {

/// Gives each dial the TLS context of what the trust store holds now: a CA that was renewed is used from the next dial
/// on. Looks at the file each time, and reads it only when it is another one, or was changed. Any thread.
class tls_source {
public:
  explicit tls_source(tls_client_options options) : options_{std::move(options)} {}

  /// The fault is a sentence for the operator; the next call tries again.
  [[nodiscard]] base::result<std::shared_ptr<const tls_context>, std::string> current();

private:
  /// Device, inode, size, and the times of the last change of content and of anything, in ns.
  using file_mark = std::array<std::int64_t, 5>;

  [[nodiscard]] file_mark look() const;

  tls_client_options options_;
  std::mutex mutex_;
  file_mark seen_{}; // when context_ was made
  std::shared_ptr<const tls_context> context_;
};

} // namespace cafnode::net
