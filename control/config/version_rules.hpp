#pragma once

#include "control/config/config_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What every store decides in the same way, wherever it keeps its versions. Lists of versions are oldest first.
namespace cafnode::control {

/// What is wrong with a proposal, beside those that are kept already; none: it may be kept.
[[nodiscard]] std::optional<store_fault> check_proposal(const config_proposal& proposal,
                                                        const std::vector<version_entry>& kept);

/// What is wrong with a text that should be a config_hash.
[[nodiscard]] std::optional<store_fault> check_hash(std::string_view hash);

/// Whether a version is to be moved to the state `to`; false: it is there already.
[[nodiscard]] store_result<bool> check_step(const std::vector<version_entry>& kept, std::uint64_t number,
                                            version_state to);

/// Those that have to go for one more to be kept.
[[nodiscard]] std::vector<std::uint64_t> surplus(const std::vector<version_entry>& kept);

[[nodiscard]] std::optional<version_entry> running_of(const std::vector<version_entry>& kept);
[[nodiscard]] std::optional<version_entry> pending_of(const std::vector<version_entry>& kept);

/// The reason as it is kept: UTF-8 of undone_bytes_max bytes at most.
[[nodiscard]] std::string kept_reason(std::string_view why);

[[nodiscard]] store_fault no_such_version(std::uint64_t number);

} // namespace cafnode::control
