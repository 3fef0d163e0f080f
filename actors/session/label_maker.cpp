#include "actors/session/label_maker.hpp"

#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

constexpr std::size_t birth_digits = 9;     // until the year 3084
constexpr std::size_t sequence_digits = 13; // any
constexpr std::size_t code_digits = 8;

std::string base32(std::uint64_t number, std::size_t digits_min = 1) {
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string text;
  do {
    text.push_back(digits[number % 32]);
    number /= 32;
  } while (number != 0 || text.size() < digits_min);
  std::reverse(text.begin(), text.end());
  return text;
}

/// FNV-1a, cut to what `code_digits` hold. The same in every run and on every machine: labels outlive both.
std::uint64_t code_of(std::string_view connection) noexcept {
  std::uint64_t code = 0xcbf29ce484222325ULL;
  for (const char c : connection)
    code = (code ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (code ^ code >> 40U) & ((std::uint64_t{1} << (5 * code_digits)) - 1);
}

/// The sign between the parts; empty where the exchange takes none. A dash is none: names of connections have dashes,
/// and "alpha-" is what the labels of "alpha-2" begin with.
std::string_view sign_of(const venues::label_rules& rules) noexcept {
  for (const std::string_view sign : {".", "_"})
    if (rules.signs.find(sign) != std::string_view::npos)
      return sign;
  return {};
}

bool takes(const venues::label_rules& rules, std::string_view name) noexcept {
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           rules.signs.find(c) != std::string_view::npos;
  });
}

} // namespace

label_maker::label_maker(std::string_view connection, std::int64_t birth_ms, const venues::label_rules& rules) {
  CAFNODE_INVARIANT(rules.bytes_max >= 32, "no label of ours is that short");
  CAFNODE_INVARIANT(birth_ms >= 0, "a label from before 1970");
  const auto sign = sign_of(rules);
  const auto whole = connection.size() + 2 * sign.size() + birth_digits + sequence_digits;
  const bool readable = !sign.empty() && takes(rules, connection) && whole <= rules.bytes_max;
  const auto birth = static_cast<std::uint64_t>(birth_ms);
  head_ = readable ? std::string{connection}.append(sign) : "c" + base32(code_of(connection), code_digits);
  run_ = head_ + base32(birth, birth_digits);
  if (readable)
    run_.append(sign);
}

std::string label_maker::next() {
  return run_ + base32(++sequence_);
}

} // namespace cafnode::session
