#pragma once

#include "control/config/config_store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace cafnode::control {

/// Room for as many of the largest versions as are kept, and for one change that is under way.
inline constexpr std::uint64_t store_bytes_max = std::uint64_t{64} << 20U;

/// Opens the store of one node in `folder`: an SQLite file `config.db`, which only one process has open at a time. The
/// folder is made with mode 0700 if it is missing (the one above it must be there); one that is not this user's or that
/// lets others in is refused.
///
/// A store that cannot be opened is left as it is. The node can go on with make_memory_config_store and its file.
[[nodiscard]] store_result<std::unique_ptr<config_store>>
open_sqlite_config_store(const std::string& folder, std::uint64_t bytes_max = store_bytes_max);

} // namespace cafnode::control
