#pragma once

#include "control/config/config_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace cafnode::control {

/// One statement, bound and stepped through. What goes wrong is told by `failed`, and by every step after.
class sqlite_statement {
public:
  [[nodiscard]] sqlite_statement& bind(std::int64_t number);
  [[nodiscard]] sqlite_statement& bind(std::string_view bytes); // must outlive the steps

  /// True while there is a row.
  [[nodiscard]] store_result<bool> step();

  /// Runs a statement that gives no rows.
  [[nodiscard]] store_result<stored> run();

  /// Of the row that step found; columns from 0.
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string bytes(int column) const;

private:
  friend class sqlite_file;

  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  std::unique_ptr<sqlite3_stmt, finalizer> statement_;
  const class sqlite_file* file_ = nullptr;
  int failed_ = 0;
  int bound_ = 0;
};

/// An SQLite file that this process has for itself. Every transaction is on the disk when its end returns. One thread
/// at a time.
class sqlite_file {
public:
  /// Opens a file that is there, be it empty. `bytes_max` bounds its size.
  [[nodiscard]] static store_result<sqlite_file> open(const std::string& path, std::uint64_t bytes_max);

  /// Runs statements that give no rows, all of them or up to the first that fails.
  [[nodiscard]] store_result<stored> run(const std::string& sql);

  [[nodiscard]] sqlite_statement prepare(std::string_view sql) const;

  /// The number that a statement gives, as a pragma does.
  [[nodiscard]] store_result<std::int64_t> ask(std::string_view sql) const;

  /// Whether the file's own structure is whole.
  [[nodiscard]] store_result<stored> check() const;

  /// A statement between "begin" and its "commit" that did not come: back to what was.
  void roll_back() noexcept;

  [[nodiscard]] std::int64_t last_row() const noexcept;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// The fault for a result code of SQLite.
  [[nodiscard]] store_fault fault_of(int code) const;

private:
  struct closer {
    void operator()(sqlite3* database) const noexcept;
  };

  sqlite_file(std::string path, sqlite3* database) : path_{std::move(path)}, database_{database} {}

  std::string path_;
  std::unique_ptr<sqlite3, closer> database_;
};

/// What to say of a store whose content cannot be right.
[[nodiscard]] store_fault damaged_fault(const std::string& path, std::string_view what);

} // namespace cafnode::control
