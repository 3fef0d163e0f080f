#include "control/config/config_version.hpp"

#include "runtime/base/invariant.hpp"

#include <openssl/evp.h>

#include <array>

namespace cafnode::control {

std::string config_hash(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const int done = EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  CAFNODE_INVARIANT(done == 1 && size == 32, "SHA-256 cannot be computed");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4U];
    out += digits[digest[i] & 15U];
  }
  return out;
}

std::string_view to_string(version_source source) noexcept {
  constexpr std::array<std::string_view, 5> words{"pushed", "file_at_start", "sighup", "undo", "rollback"};
  return words[static_cast<std::size_t>(source)];
}

std::string_view to_string(version_state state) noexcept {
  constexpr std::array<std::string_view, 4> words{"proposed", "committed", "stable", "undone"};
  return words[static_cast<std::size_t>(state)];
}

} // namespace cafnode::control
