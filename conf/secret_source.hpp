#pragma once

#include "conf/node_config.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/secret.hpp"

#include <string>

namespace cafnode::conf {

/// Fetches what `reference` points to, at the time of the call. A file must be a plain one of at most 64 KiB that its
/// group cannot write and others cannot read; one line end at its end is dropped. The fault is a sentence for the
/// operator that names the variable or file and what to do, never its content.
[[nodiscard]] base::result<base::secret, std::string> resolve_secret(const secret_reference& reference);

/// The token in a file of mode 0600 (no group, no others) that belongs to this user or root: 16 to 256 printable
/// characters without a space. The fault names the file and what to do.
[[nodiscard]] base::result<base::secret, std::string> read_token(const std::string& path);

/// The literal, or what the reference points to.
[[nodiscard]] base::result<std::string, std::string> resolve_text(const text_source& from);

} // namespace cafnode::conf
