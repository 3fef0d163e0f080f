#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::control {

/// What a version came from. The values stand in files: append, never renumber.
enum class version_source : std::uint8_t {
  pushed = 0,        // over the control API
  file_at_start = 1, // the node's file, when it began
  sighup = 2,        // the node's file, read again
  undo = 3,          // by the node, back from a version that failed
  rollback = 4,      // by an operator, back to a version of before
};

/// How far a version got. The values stand in files: append, never renumber.
enum class version_state : std::uint8_t {
  proposed = 0,  // an apply began
  committed = 1, // it runs, or ran
  stable = 2,    // and its health gate was met
  undone = 3,    // it failed and does not run
};

/// One version of the configuration, without its text.
struct version_entry {
  std::uint64_t number = 0; // from 1, one more with each, never used again
  std::int64_t time_ms = 0; // when it was proposed, Unix
  std::string who;
  std::string why;
  version_source source = version_source::pushed;
  version_state state = version_state::proposed;
  std::string hash;       // of the canonical text: see config_hash
  std::string undone_why; // empty unless undone

  friend bool operator==(const version_entry&, const version_entry&) = default;
};

struct config_version {
  version_entry entry;
  std::string text; // YAML, byte for byte as it was given

  friend bool operator==(const config_version&, const config_version&) = default;
};

/// What a new version is made of.
struct config_proposal {
  std::int64_t time_ms = 0; // Unix
  std::string who;          // 1 to who_bytes_max bytes of UTF-8
  std::string why;          // 0 to why_bytes_max bytes of UTF-8
  version_source source = version_source::pushed;
  std::string hash; // as config_hash gives it
  std::string text; // 1 to version_text_max bytes
};

inline constexpr std::size_t who_bytes_max = 256;
inline constexpr std::size_t why_bytes_max = 1'024;
inline constexpr std::size_t undone_bytes_max = 4'096; // a longer reason is cut
inline constexpr std::size_t version_text_max = std::size_t{1} << 20U;
inline constexpr std::size_t versions_max = 50;

/// SHA-256 of `text` in 64 lower-case hexadecimal digits: of a version's canonical text, or of a file's bytes.
[[nodiscard]] std::string config_hash(std::string_view text);

/// Words of the API: "file_at_start", "stable".
[[nodiscard]] std::string_view to_string(version_source source) noexcept;
[[nodiscard]] std::string_view to_string(version_state state) noexcept;

} // namespace cafnode::control
