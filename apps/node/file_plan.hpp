#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cafnode::node {

/// What wants open files in a node.
struct file_needs {
  std::size_t io_threads = 1;
  std::size_t connections = 0; // to exchanges
};

/// How the open files that a process may have are shared out.
struct file_plan {
  std::uint64_t limit = 0;
  std::uint64_t needed = 0;            // at the least
  std::uint64_t connections_max = 0;   // to exchanges, that would fit
  std::size_t control_connections = 0; // that each listener of the control API may have at once

  [[nodiscard]] bool fits() const noexcept { return needed <= limit; }
};

/// A connection counts twice: while it is dialed it holds a second socket, for another address or for the look-up of a
/// name. The control API's two listeners share what is left, up to 256 each; some files stay in reserve for what nobody
/// foresaw.
[[nodiscard]] file_plan plan_files(std::uint64_t limit, const file_needs& needs) noexcept;

/// What to tell somebody whose configuration does not fit, and what he can do.
[[nodiscard]] std::string explain(const file_plan& plan, const file_needs& needs);

} // namespace cafnode::node
