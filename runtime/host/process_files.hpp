#pragma once

#include <cstdint>

namespace cafnode::host {

/// For the start of a program, before it opens anything: standard input, output and error that are closed become
/// /dev/null, so that no socket gets their numbers and is written to as if it were they (to write to standard output is
/// an error then, to standard error none); and a reader that has gone
/// (SIGPIPE) or a file that may not grow (SIGXFSZ) is an error of the write and ends nothing.
void prepare_files() noexcept;

/// Stacks of 1 MiB at least for the threads that begin from now on, and for the main thread where its limit can be
/// raised, whatever `ulimit -s` says. False: the main thread has less than 128 KiB, which is too little for a node.
[[nodiscard]] bool ensure_stacks() noexcept;

/// Raises the number of files that this process may have open to the most that it may raise it to, and gives that.
std::uint64_t raise_file_limit() noexcept;

} // namespace cafnode::host
