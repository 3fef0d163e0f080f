#include "conf/fingerprint.hpp"

namespace cafnode::conf {

namespace {

// FNV-1a
constexpr std::uint64_t offset = 14'695'981'039'346'656'037U;
constexpr std::uint64_t prime = 1'099'511'628'211U;

void add(std::uint64_t& sum, std::string_view text) noexcept {
  for (const char c : text)
    sum = (sum ^ static_cast<unsigned char>(c)) * prime;
  sum = (sum ^ 0xffU) * prime; // no text holds this byte: "a", "bc" is not "ab", "c"
}

template<class Skipped>
std::uint64_t sum_of(scope in, const scopes& of, apply_effect effect, Skipped skipped) {
  std::uint64_t sum = offset;
  for (const auto& key : schema()) {
    if (key.in != in || key.effect != effect || skipped(key.path))
      continue;
    add(sum, key.path);
    add(sum, write_value(key.at(of)));
  }
  return sum;
}

} // namespace

std::uint64_t fingerprint(const exchange_config& exchange, apply_effect effect) {
  exchange_config copy = exchange; // fields point into what may be written
  copy.connections.clear();
  return sum_of(scope::exchange, {nullptr, &copy, nullptr}, effect,
                [](std::string_view path) { return path == "name" || path.starts_with("auth."); });
}

std::uint64_t fingerprint(const connection_config& connection, apply_effect effect) {
  connection_config copy = connection;
  return sum_of(scope::connection, {nullptr, nullptr, &copy}, effect,
                [](std::string_view path) { return path == "name" || path == "count"; });
}

std::uint64_t joined(std::uint64_t one, std::uint64_t other) noexcept {
  std::uint64_t sum = one;
  for (int byte = 0; byte < 8; ++byte)
    sum = (sum ^ ((other >> (8 * byte)) & 0xffU)) * prime;
  return sum;
}

} // namespace cafnode::conf
