#include "tests/control/config/watched_files.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <sqlite3.h>
#include <unistd.h>

namespace cafnode::control {

namespace {

file_watch watch;
sqlite3_vfs watched;

/// What SQLite gets for a file: ours, and behind it the system's own.
struct watched_file {
  sqlite3_file head;
  bool dirty;
};

constexpr int head_bytes = 64;
static_assert(sizeof(watched_file) <= head_bytes);

watched_file* ours(sqlite3_file* file) {
  return reinterpret_cast<watched_file*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + head_bytes);
}

sqlite3_vfs* system_files() {
  return static_cast<sqlite3_vfs*>(watched.pAppData);
}

bool is_last_change() {
  return ++watch.changes == watch.kill_at;
}

void note_change() {
  if (is_last_change())
    ::kill(::getpid(), SIGKILL);
}

void set_dirty(sqlite3_file* file, bool dirty) {
  if (ours(file)->dirty != dirty)
    watch.unsynced += dirty ? 1 : -1;
  ours(file)->dirty = dirty;
}

int close_file(sqlite3_file* file) {
  set_dirty(file, false);
  return real(file)->pMethods->xClose(real(file));
}

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  return real(file)->pMethods->xRead(real(file), into, size, at);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (is_last_change()) {
    real(file)->pMethods->xWrite(real(file), from, size / 2, at);
    ::kill(::getpid(), SIGKILL);
  }
  set_dirty(file, true);
  return real(file)->pMethods->xWrite(real(file), from, size, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  note_change();
  set_dirty(file, true);
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  set_dirty(file, false);
  return real(file)->pMethods->xSync(real(file), flags);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}

int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}

int check_lock(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}

int control_file(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}

int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}

int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  static const sqlite3_io_methods methods = [] {
    sqlite3_io_methods all{};
    all.iVersion = 1;
    all.xClose = close_file;
    all.xRead = read_file;
    all.xWrite = write_file;
    all.xTruncate = truncate_file;
    all.xSync = sync_file;
    all.xFileSize = size_of_file;
    all.xLock = lock_file;
    all.xUnlock = unlock_file;
    all.xCheckReservedLock = check_lock;
    all.xFileControl = control_file;
    all.xSectorSize = sector_size;
    all.xDeviceCharacteristics = characteristics;
    return all;
  }();
  const int code = system_files()->xOpen(system_files(), name, real(file), flags, out);
  file->pMethods = code == SQLITE_OK ? &methods : nullptr;
  ours(file)->dirty = false;
  return code;
}

int delete_file(sqlite3_vfs*, const char* name, int sync) {
  note_change();
  return system_files()->xDelete(system_files(), name, sync);
}

} // namespace

file_watch& watch_files() {
  if (watched.pAppData == nullptr) {
    auto* below = sqlite3_vfs_find(nullptr);
    REQUIRE(below != nullptr);
    watched = *below;
    watched.pNext = nullptr;
    watched.pAppData = below;
    watched.zName = "watched";
    watched.szOsFile = head_bytes + below->szOsFile;
    watched.xOpen = open_file;
    watched.xDelete = delete_file;
    REQUIRE(sqlite3_vfs_register(&watched, 1) == SQLITE_OK);
  }
  return watch;
}

} // namespace cafnode::control
