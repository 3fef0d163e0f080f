#include "control/config/sqlite_file.hpp"

#include "control/config/store_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <sqlite3.h>
#include <utility>

namespace cafnode::control {

namespace {

constexpr std::uint64_t page_bytes = 4096;

/// Exclusive: nobody comes between two calls, and there is no file of shared memory. Extra: a commit returns when the
/// folder is on the disk, too.
constexpr std::string_view settings = "pragma locking_mode = exclusive;"
                                      "pragma journal_mode = delete;"
                                      "pragma synchronous = extra;"
                                      "pragma trusted_schema = off;"
                                      "pragma cell_size_check = on;"
                                      "pragma temp_store = memory;";

} // namespace

store_fault damaged_fault(const std::string& path, std::string_view what) {
  return {store_errc::damaged, fmt::format("{} is damaged: {}", path, what),
          "move it away, with what stands beside it, to begin a new history; the node's file is not concerned"};
}

void sqlite_statement::finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

sqlite_statement& sqlite_statement::bind(std::int64_t number) {
  if (failed_ == SQLITE_OK)
    failed_ = sqlite3_bind_int64(statement_.get(), ++bound_, number);
  return *this;
}

sqlite_statement& sqlite_statement::bind(std::string_view bytes) {
  // A null pointer would be bound as no value at all.
  const char* from = bytes.data() == nullptr ? "" : bytes.data();
  if (failed_ == SQLITE_OK)
    failed_ = sqlite3_bind_blob64(statement_.get(), ++bound_, from, bytes.size(), SQLITE_STATIC);
  return *this;
}

store_result<bool> sqlite_statement::step() {
  if (failed_ == SQLITE_OK) {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW || code == SQLITE_DONE)
      return code == SQLITE_ROW;
    failed_ = code;
  }
  return base::failure{file_->fault_of(failed_)};
}

store_result<stored> sqlite_statement::run() {
  for (;;) {
    const auto row = step();
    if (!row)
      return base::failure{row.fault()};
    if (!row.value())
      return stored{};
  }
}

std::int64_t sqlite_statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string sqlite_statement::bytes(int column) const {
  const auto* from = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return from == nullptr ? std::string{} : std::string{from, size};
}

void sqlite_file::closer::operator()(sqlite3* database) const noexcept {
  sqlite3_close_v2(database);
}

store_result<sqlite_file> sqlite_file::open(const std::string& path, std::uint64_t bytes_max) {
  sqlite3* opened = nullptr;
  constexpr int how = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &opened, how, nullptr);
  sqlite_file out{path, opened};
  if (code != SQLITE_OK)
    return base::failure{out.fault_of(code)};
  const auto set = out.run(fmt::format("{}pragma max_page_count = {};", settings, bytes_max / page_bytes));
  if (!set)
    return base::failure{set.fault()};
  return out;
}

store_result<stored> sqlite_file::run(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return base::failure{fault_of(code)};
  return stored{};
}

sqlite_statement sqlite_file::prepare(std::string_view sql) const {
  sqlite_statement out;
  sqlite3_stmt* made = nullptr;
  out.file_ = this;
  out.failed_ = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &made, nullptr);
  out.statement_.reset(made);
  return out;
}

store_result<std::int64_t> sqlite_file::ask(std::string_view sql) const {
  auto statement = prepare(sql);
  const auto row = statement.step();
  if (!row)
    return base::failure{row.fault()};
  return row.value() ? statement.number(0) : 0;
}

store_result<stored> sqlite_file::check() const {
  auto statement = prepare("pragma quick_check(1)");
  const auto row = statement.step();
  if (!row)
    return base::failure{row.fault()};
  const auto verdict = statement.bytes(0);
  if (verdict != "ok") // the last line says it, others may name the database
    return base::failure{damaged_fault(path_, verdict.substr(verdict.rfind('\n') + 1))};
  return stored{};
}

void sqlite_file::roll_back() noexcept {
  if (sqlite3_get_autocommit(database_.get()) == 0)
    sqlite3_exec(database_.get(), "rollback", nullptr, nullptr, nullptr);
}

std::int64_t sqlite_file::last_row() const noexcept {
  return sqlite3_last_insert_rowid(database_.get());
}

store_fault sqlite_file::fault_of(int code) const {
  const int error = database_ ? sqlite3_system_errno(database_.get()) : 0;
  switch (code & 0xff) {
  case SQLITE_FULL:
    return system_fault(ENOSPC, fmt::format("{} cannot grow", path_));
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return damaged_fault(path_, sqlite3_errstr(code));
  case SQLITE_ERROR: // a table or a column is missing: our own statements are right
    return damaged_fault(path_, database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code));
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return {store_errc::held, fmt::format("another program has {} open", path_), "end it and try again"};
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return {store_errc::not_writable, fmt::format("{} cannot be written to: {}", path_, sqlite3_errstr(code)),
            "the node's user must be able to write there"};
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN:
    if (error != 0)
      return system_fault(error, fmt::format("{} cannot be read or written", path_));
    break;
  default:
    break;
  }
  return {store_errc::system, fmt::format("{}: {}", path_, sqlite3_errstr(code)), {}};
}

} // namespace cafnode::control
