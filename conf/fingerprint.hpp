#pragma once

#include "conf/schema.hpp"

#include <cstdint>

namespace cafnode::conf {

/// A number of the values of all keys of an exchange whose change takes `effect`: equal values give equal numbers, on
/// every machine and in every version that knows the same keys. The name is not in it, nor are the credentials, of
/// which each connection has its own.
[[nodiscard]] std::uint64_t fingerprint(const exchange_config& exchange, apply_effect effect);

/// The same of one connection, with its credentials, wherever they were written. Its name is not in it, nor `count`.
[[nodiscard]] std::uint64_t fingerprint(const connection_config& connection, apply_effect effect);

/// One number of two.
[[nodiscard]] std::uint64_t joined(std::uint64_t one, std::uint64_t other) noexcept;

} // namespace cafnode::conf
