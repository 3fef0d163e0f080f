#include "control/config/sqlite_config_store.hpp"

#include "control/config/sqlite_file.hpp"
#include "control/config/store_folder.hpp"
#include "control/config/version_rules.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::control {

namespace {

constexpr std::string_view database_name = "config.db";
constexpr std::string_view journal_name = "config.db-journal";
constexpr std::string_view new_name = "config.db.new";
constexpr std::string_view new_journal_name = "config.db.new-journal";

constexpr std::int64_t format = 1;               // of the tables; in user_version
constexpr std::int64_t application = 0x43414643; // "CAFC"; in application_id, so that another program's file is known

/// `digest` is over all that never changes, for SQLite has no sums of its own. `text` stands last: a list of versions
/// does not read its pages.
constexpr std::string_view tables = "create table version("
                                    " number integer primary key autoincrement,"
                                    " time_ms integer not null,"
                                    " who blob not null,"
                                    " why blob not null,"
                                    " source integer not null,"
                                    " state integer not null,"
                                    " hash blob not null,"
                                    " undone_why blob not null,"
                                    " digest blob not null,"
                                    " text blob not null);"
                                    "create table file_seen(id integer primary key check(id = 1), hash blob not null);";

constexpr std::string_view entry_columns = "number, time_ms, who, why, source, state, hash, undone_why";

/// Fields that may hold anything are told apart by their lengths.
std::string digest_of(const version_entry& entry, std::string_view text) {
  return config_hash(fmt::format("{} {} {} {} {} {} {} {} {}\n{}", entry.time_ms, entry.who.size(), entry.who,
                                 entry.why.size(), entry.why, static_cast<int>(entry.source), entry.hash, text.size(),
                                 "text", text));
}

/// What is done between its begin and its end is done as a whole; without an end, not at all.
class transaction {
public:
  explicit transaction(sqlite_file& file) : file_{&file}, begun_{file.run("begin immediate")} {}

  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  ~transaction() { file_->roll_back(); }

  [[nodiscard]] const store_result<stored>& begun() const noexcept { return begun_; }

  [[nodiscard]] store_result<stored> end() { return file_->run("commit"); }

private:
  sqlite_file* file_;
  store_result<stored> begun_;
};

class sqlite_config_store final : public config_store {
public:
  sqlite_config_store(store_folder folder, sqlite_file file) : folder_{std::move(folder)}, file_{std::move(file)} {}

  /// What SQLite cannot know: that every version is the one that was written.
  store_result<stored> check_versions() const {
    const auto entries = history();
    if (!entries)
      return base::failure{entries.fault()};
    for (const auto& entry : entries.value())
      if (const auto version = get(entry.number); !version)
        return base::failure{version.fault()};
    if (const auto seen = file_hash(); !seen)
      return base::failure{seen.fault()};
    return stored{};
  }

  store_result<std::uint64_t> propose(const config_proposal& proposal) override {
    transaction all{file_};
    const auto kept = begin(all);
    if (!kept)
      return base::failure{kept.fault()};
    if (auto wrong = check_proposal(proposal, kept.value()))
      return base::failure{std::move(*wrong)};
    for (const auto number : surplus(kept.value()))
      if (const auto gone = remove(number); !gone)
        return base::failure{gone.fault()};
    if (const auto added = add(proposal); !added)
      return base::failure{added.fault()};
    const auto number = file_.last_row();
    if (const auto done = all.end(); !done)
      return base::failure{done.fault()};
    return static_cast<std::uint64_t>(number);
  }

  store_result<stored> commit(std::uint64_t number) override { return move_to(number, version_state::committed, {}); }

  store_result<stored> mark_stable(std::uint64_t number) override { return move_to(number, version_state::stable, {}); }

  store_result<stored> mark_undone(std::uint64_t number, std::string_view why) override {
    return move_to(number, version_state::undone, kept_reason(why));
  }

  store_result<std::vector<version_entry>> history() const override {
    std::vector<version_entry> out;
    auto rows = file_.prepare(fmt::format("select {} from version order by number", entry_columns));
    for (;;) {
      const auto row = rows.step();
      if (!row)
        return base::failure{row.fault()};
      if (!row.value())
        return out;
      auto entry = read_entry(rows);
      if (!entry)
        return base::failure{entry.fault()};
      out.push_back(std::move(entry).value());
    }
  }

  store_result<config_version> get(std::uint64_t number) const override {
    auto rows = file_.prepare(fmt::format("select {}, digest, text from version where number = ?", entry_columns));
    const auto row = rows.bind(static_cast<std::int64_t>(number)).step();
    if (!row)
      return base::failure{row.fault()};
    if (!row.value())
      return base::failure{no_such_version(number)};
    auto entry = read_entry(rows);
    if (!entry)
      return base::failure{entry.fault()};
    config_version out{std::move(entry).value(), rows.bytes(9)};
    if (digest_of(out.entry, out.text) != rows.bytes(8))
      return base::failure{damaged_fault(file_.path(), fmt::format("version {} is not as it was written", number))};
    return out;
  }

  store_result<std::optional<version_entry>> running() const override { return one_of(running_of); }

  store_result<std::optional<version_entry>> pending() const override { return one_of(pending_of); }

  store_result<stored> remember_file(std::string_view hash) override {
    if (auto wrong = check_hash(hash))
      return base::failure{std::move(*wrong)};
    return file_.prepare("insert or replace into file_seen(id, hash) values(1, ?)").bind(hash).run();
  }

  store_result<std::optional<std::string>> file_hash() const override {
    auto rows = file_.prepare("select hash from file_seen where id = 1");
    const auto row = rows.step();
    if (!row)
      return base::failure{row.fault()};
    if (!row.value())
      return std::optional<std::string>{};
    auto hash = rows.bytes(0);
    if (check_hash(hash))
      return base::failure{damaged_fault(file_.path(), "the hash of the node's file is none")};
    return std::optional{std::move(hash)};
  }

private:
  store_result<std::vector<version_entry>> begin(const transaction& all) const {
    if (!all.begun())
      return base::failure{all.begun().fault()};
    return history();
  }

  store_result<version_entry> read_entry(const sqlite_statement& row) const {
    version_entry out;
    out.number = static_cast<std::uint64_t>(row.number(0));
    out.time_ms = row.number(1);
    out.who = row.bytes(2);
    out.why = row.bytes(3);
    const auto source = row.number(4);
    const auto state = row.number(5);
    out.hash = row.bytes(6);
    out.undone_why = row.bytes(7);
    if (source < 0 || source > static_cast<int>(version_source::rollback) || state < 0 ||
        state > static_cast<int>(version_state::undone) || check_hash(out.hash))
      return base::failure{damaged_fault(file_.path(), fmt::format("version {} cannot be read", out.number))};
    out.source = static_cast<version_source>(source);
    out.state = static_cast<version_state>(state);
    return out;
  }

  store_result<stored> remove(std::uint64_t number) {
    return file_.prepare("delete from version where number = ?").bind(static_cast<std::int64_t>(number)).run();
  }

  store_result<stored> add(const config_proposal& proposal) {
    const version_entry entry{
        0, proposal.time_ms, proposal.who, proposal.why, proposal.source, version_state::proposed, proposal.hash, {}};
    const auto digest = digest_of(entry, proposal.text);
    return file_
        .prepare("insert into version(time_ms, who, why, source, state, hash, undone_why, digest, text) "
                 "values(?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(entry.time_ms)
        .bind(entry.who)
        .bind(entry.why)
        .bind(static_cast<std::int64_t>(entry.source))
        .bind(static_cast<std::int64_t>(entry.state))
        .bind(entry.hash)
        .bind(entry.undone_why)
        .bind(digest)
        .bind(proposal.text)
        .run();
  }

  store_result<stored> move_to(std::uint64_t number, version_state to, const std::string& undone_why) {
    transaction all{file_};
    const auto kept = begin(all);
    if (!kept)
      return base::failure{kept.fault()};
    const auto step = check_step(kept.value(), number, to);
    if (!step)
      return base::failure{step.fault()};
    if (!step.value())
      return stored{};
    const auto changed = file_.prepare("update version set state = ?, undone_why = ? where number = ?")
                             .bind(static_cast<std::int64_t>(to))
                             .bind(undone_why)
                             .bind(static_cast<std::int64_t>(number))
                             .run();
    return changed ? all.end() : changed;
  }

  template<class Choose>
  store_result<std::optional<version_entry>> one_of(Choose choose) const {
    const auto entries = history();
    if (!entries)
      return base::failure{entries.fault()};
    return choose(entries.value());
  }

  store_folder folder_; // outlives the file: the lock goes last
  sqlite_file file_;
};

/// A store appears in its folder as a whole or not at all: it is made under another name.
store_result<stored> make_database(const store_folder& folder, std::uint64_t bytes_max) {
  // A journal that outlived its file would be played into the new one.
  for (const auto left : {new_journal_name, journal_name})
    if (auto gone = folder.remove_file(left); !gone)
      return gone;
  if (auto made = folder.make_file(new_name); !made)
    return made;
  {
    auto file = sqlite_file::open(folder.path_of(new_name), bytes_max);
    if (!file)
      return base::failure{file.fault()};
    auto filled = file.value().run(fmt::format("begin; {} pragma application_id = {}; pragma user_version = {}; commit",
                                               tables, application, format));
    if (!filled)
      return filled;
  }
  return folder.rename_file(new_name, database_name);
}

store_result<stored> check_format(const sqlite_file& file) {
  const auto whose = file.ask("pragma application_id");
  if (!whose)
    return base::failure{whose.fault()};
  if (whose.value() != application)
    return base::failure{damaged_fault(file.path(), "it is not a store of configurations")};
  const auto written = file.ask("pragma user_version");
  if (!written)
    return base::failure{written.fault()};
  if (written.value() > format)
    return base::failure{store_fault{
        store_errc::newer,
        fmt::format("{} is of format {}, from a later version of this program, which reads up to {}", file.path(),
                    written.value(), format),
        "run that version again, or move the file away, with what stands beside it, to begin a new history"}};
  if (written.value() < 1)
    return base::failure{damaged_fault(file.path(), fmt::format("there is no format {}", written.value()))};
  return file.check();
}

} // namespace

store_result<std::unique_ptr<config_store>> open_sqlite_config_store(const std::string& folder,
                                                                     std::uint64_t bytes_max) {
  auto opened = store_folder::open(folder);
  if (!opened)
    return base::failure{opened.fault()};
  const auto there = opened.value().has(database_name);
  if (!there)
    return base::failure{there.fault()};
  if (!there.value())
    if (const auto made = make_database(opened.value(), bytes_max); !made)
      return base::failure{made.fault()};
  auto file = sqlite_file::open(opened.value().path_of(database_name), bytes_max);
  if (!file)
    return base::failure{file.fault()};
  if (const auto known = check_format(file.value()); !known)
    return base::failure{known.fault()};
  auto store = std::make_unique<sqlite_config_store>(std::move(opened).value(), std::move(file).value());
  if (const auto whole = store->check_versions(); !whole)
    return base::failure{whole.fault()};
  return std::unique_ptr<config_store>{std::move(store)};
}

} // namespace cafnode::control
