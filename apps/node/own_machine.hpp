#pragma once

#include "conf/node_config.hpp"
#include "runtime/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

// What a configuration leaves to the machine that the node runs on.
namespace cafnode::node {

/// The machine's name; "node" where it has none.
[[nodiscard]] std::string host_name();

[[nodiscard]] long own_pid() noexcept;

/// The configured seed, or one that no other start on this machine has.
[[nodiscard]] std::uint64_t seed_of(const conf::node_config& config, const base::clock_source& clock);

/// As configured, or one for each processor.
[[nodiscard]] std::size_t io_threads_of(const conf::node_config& config);

/// Whether the system gives as many threads as the node has; else a sentence on standard error.
[[nodiscard]] bool has_threads(const conf::node_config& config);

/// What this machine lacks to run that configuration: credentials, authorities, open files; nothing: it can.
[[nodiscard]] std::optional<std::string> what_lacks(const conf::node_config& config);

/// Raises the limit of open files and gives how many connections the control API may have at once; nothing, and a
/// sentence on standard error, when what is configured cannot fit.
[[nodiscard]] std::optional<std::size_t> share_files(const conf::node_config& config);

} // namespace cafnode::node
