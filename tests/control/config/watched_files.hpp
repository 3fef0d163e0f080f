#pragma once

#include <cstdint>

/// SQLite's files while a test looks on: below every store that is opened after watch_files.
namespace cafnode::control {

struct file_watch {
  std::uint64_t changes = 0; // writes, truncations and removals so far
  std::uint64_t kill_at = 0; // the process kills itself at the change with this number, a write half done; 0: never
  int unsynced = 0;          // files that have changed since they were last brought to the disk
};

/// From here on; once a process.
file_watch& watch_files();

} // namespace cafnode::control
