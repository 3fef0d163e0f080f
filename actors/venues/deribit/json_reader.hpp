#pragma once

#include "actors/venues/deribit/decode.hpp"
#include "actors/venues/deribit/exact_number.hpp"

#include <simdjson.h>

#include <array>
#include <cstring>
#include <string>

/// Reads JSON on demand with simdjson; only the decoders' sources include this.
namespace cafnode::deribit::json {

namespace od = simdjson::ondemand;

/// The known keys of one kind of object; the first `required` of them must be there.
template<std::size_t N>
struct key_set {
  std::string_view what; // for a person: "order"
  std::size_t required = 0;
  std::array<std::string_view, N> names;

  /// The index of the key at `raw`, which ends with a quote; N when it is not known. Frames have readable bytes behind
  /// their end, more than any name is long.
  [[nodiscard]] std::size_t find(const char* raw) const noexcept {
    for (std::size_t i = 0; i < N; ++i)
      if (raw[names[i].size()] == '"' && std::memcmp(raw, names[i].data(), names[i].size()) == 0)
        return i;
    return N;
  }
};

/// Takes values apart and keeps the first thing that is wrong. Every function gives false when something is.
class reader {
public:
  void reset() noexcept { fault_.reset(); }

  [[nodiscard]] decode_fault take_fault() { return std::exchange(fault_, std::nullopt); }

  bool fail(venues::fault_kind kind, std::string_view what, std::string_view key = {}, std::string_view found = {});

  /// What simdjson says: a type that does not fit is a wrong shape, anything else is not JSON.
  bool fail(simdjson::error_code error, std::string_view key);

  bool text(od::value value, std::string_view key, std::string_view& to);
  bool text(od::value value, std::string_view key, std::string& to);
  bool exact(od::value value, std::string_view key, base::decimal& to);
  bool exact_or_null(od::value value, std::string_view key, base::decimal& to);   // null is zero
  bool rounded_or_null(od::value value, std::string_view key, base::decimal& to); // null is zero
  bool whole(od::value value, std::string_view key, std::int64_t& to);
  bool whole(od::value value, std::string_view key, std::uint64_t& to);
  bool flag(od::value value, std::string_view key, bool& to);
  bool side(od::value value, std::string_view key, venues::side& to);

  bool object(od::value value, std::string_view key, od::object& to);
  bool array(od::value value, std::string_view key, od::array& to);

  /// Calls `read(index, key, value)` for each key of `object` that `keys` knows.
  template<std::size_t N, class Read>
  bool walk(od::object object, const key_set<N>& keys, Read read) {
    std::uint32_t seen = 0;
    static_assert(N <= 32);
    for (auto next : object) {
      od::field field;
      if (const auto error = std::move(next).get(field))
        return fail(error, keys.what);
      const std::size_t index = keys.find(field.key().raw());
      if (index == N)
        continue;
      const std::uint32_t bit = std::uint32_t{1} << index;
      if ((seen & bit) != 0)
        return fail(venues::fault_kind::wrong_shape, "comes twice", keys.names[index]);
      seen |= bit;
      if (!read(index, keys.names[index], field.value()))
        return false;
    }
    return has_all(seen, keys);
  }

  /// Calls `read(value)` for each element.
  template<class Read>
  bool each(od::array array, std::string_view what, Read read) {
    for (auto next : array) {
      od::value value;
      if (const auto error = std::move(next).get(value))
        return fail(error, what);
      if (!read(value))
        return false;
    }
    return true;
  }

  /// The text of a value that is no object and no array, quotes included.
  static std::string_view token(od::value& value) noexcept;

  static bool is_null(od::value& value) noexcept { return token(value) == "null"; }

  static bool is_text(od::value& value) noexcept { return token(value).starts_with('"'); }

private:
  bool number(od::value& value, std::string_view key, base::decimal& to, bool round);

  template<std::size_t N>
  bool has_all(std::uint32_t seen, const key_set<N>& keys) {
    for (std::size_t i = 0; i < keys.required; ++i)
      if ((seen >> i & 1U) == 0)
        return fail(venues::fault_kind::wrong_shape, "is not there", keys.names[i], keys.what);
    return true;
  }

  decode_fault fault_;
};

} // namespace cafnode::deribit::json

namespace cafnode::deribit {

struct frame_decoder::state {
  simdjson::ondemand::parser parser{frame_bytes_max};
  simdjson::ondemand::document document;
  json::reader in;

  /// The value of a top-level key of the open frame.
  bool seek(std::string_view key, simdjson::ondemand::value& to);
  bool seek_data(simdjson::ondemand::value& to);
};

} // namespace cafnode::deribit
