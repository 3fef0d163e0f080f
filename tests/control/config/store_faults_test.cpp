#include "control/config/sqlite_file.hpp"
#include "tests/control/config/store_rig.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cafnode::control {

namespace {

constexpr uid_t nobody = 65534;

/// A store with one running version, closed.
void make_store(on_disk& at) {
  add_committed(*at.store, "running");
  at.store.reset();
}

store_fault fault_of_opening(const std::string& folder) {
  const auto opened = open_sqlite_config_store(folder);
  REQUIRE(!opened);
  return opened.fault();
}

std::string read_all(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_all(const std::string& path, const std::string& bytes) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << bytes;
}

/// A store file that was changed by `sql`, as an SQLite file of its own right.
void change_by(const std::string& path, const std::string& sql) {
  auto file = sqlite_file::open(path, store_bytes_max);
  REQUIRE(file);
  REQUIRE(file.value().run(sql));
}

} // namespace

SCENARIO("the folder of the store is made for its user alone") {
  on_disk at;

  struct stat about {};

  REQUIRE(::stat(at.folder.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777U) == 0700U);
  REQUIRE(::stat((at.folder + "/config.db").c_str(), &about) == 0);
  CHECK((about.st_mode & 07777U) == 0600U);
}

SCENARIO("a folder that lets others in is refused") {
  on_disk at;
  make_store(at);
  REQUIRE(::chmod(at.folder.c_str(), 0750) == 0);
  const auto fault = fault_of_opening(at.folder);
  CHECK(fault.code == store_errc::unsafe);
  CHECK(fault.message == at.folder + " has mode 0750, which lets others in");
  CHECK(fault.hint == "run 'chmod 0700 " + at.folder + "'");
}

SCENARIO("a folder of somebody else is refused") {
  on_disk at;
  make_store(at);
  if (::chown(at.folder.c_str(), nobody, nobody) != 0)
    return; // only root can make it so
  const auto fault = fault_of_opening(at.folder);
  CHECK(fault.code == store_errc::unsafe);
  CHECK(fault.message.find("belongs to user 65534") != std::string::npos);
}

SCENARIO("a folder that cannot be there is told with its path") {
  const temporary_folder above;
  const auto no_parent = fault_of_opening(above.path_of("missing/state"));
  CHECK(no_parent.code == store_errc::system);
  CHECK(no_parent.message.find("missing/state: No such file or directory") != std::string::npos);

  write_all(above.path_of("file"), "x");
  CHECK(fault_of_opening(above.path_of("file")).message.find("Not a directory") != std::string::npos);
}

SCENARIO("a read-only folder is refused, before and after a store was made in it") {
  for (const bool made : {false, true}) {
    on_disk at;
    make_store(at);
    if (!made)
      for (const auto& each : std::filesystem::directory_iterator{at.folder})
        std::filesystem::remove(each);
    REQUIRE(::chmod(at.folder.c_str(), 0500) == 0);
    if (::geteuid() == 0) {
      REQUIRE(::chown(at.folder.c_str(), nobody, nobody) == 0);
      std::filesystem::permissions(std::filesystem::path{at.folder}.parent_path(), std::filesystem::perms{0711});
    }
    const int status = run_in_child([&] {
      if (::geteuid() == 0 && ::setuid(nobody) != 0)
        return 9;
      const auto opened = open_sqlite_config_store(at.folder);
      return opened ? 8 : static_cast<int>(opened.fault().code);
    });
    CHECK(WEXITSTATUS(status) == static_cast<int>(store_errc::not_writable));
    ::chmod(at.folder.c_str(), 0700);
  }
}

SCENARIO("a second process is told who holds the store") {
  on_disk at;
  const auto number = add_committed(*at.store, "running");
  const auto fault = fault_of_opening(at.folder);
  CHECK(fault.code == store_errc::held);
  CHECK(fault.message == fmt::format("process {} has the configuration store in {} open", ::getpid(), at.folder));
  const int status = run_in_child([&] {
    const auto opened = open_sqlite_config_store(at.folder);
    return opened ? 8 : static_cast<int>(opened.fault().code);
  });
  CHECK(WEXITSTATUS(status) == static_cast<int>(store_errc::held));
  THEN("the first one goes on, and the store is free when it is closed") {
    CHECK(at.store->mark_stable(number));
    at.reopen();
    CHECK(at.store->running().value()->state == version_state::stable);
  }
}

SCENARIO("a store out of room refuses what is new and keeps what it has") {
  const temporary_folder above;
  const auto folder = above.path_of("state");
  auto opened = open_sqlite_config_store(folder, std::uint64_t{64} << 10U);
  REQUIRE(opened);
  auto& store = *opened.value();
  const auto running = add_committed(store, "running");
  const auto refused = store.propose(proposal_of(std::string(100'000, 'x')));
  REQUIRE(!refused);
  CHECK(refused.fault().code == store_errc::full);
  CHECK(refused.fault().hint == "make room on that disk");
  CHECK(store.running().value()->number == running);
  CHECK(!store.pending().value());
  THEN("a smaller one is kept, under the next number") {
    CHECK(store.propose(proposal_of("small")).value() == running + 1);
  }
}

SCENARIO("the largest versions fit, as many as are kept") {
  on_disk at;
  for (std::size_t i = 0; i <= versions_max; ++i)
    add_committed(*at.store, std::string(version_text_max - 2, 'x') + std::to_string(10 + i % 10));
  CHECK(at.store->history().value().size() == versions_max);
  CHECK(std::filesystem::file_size(at.folder + "/config.db") <= store_bytes_max);
}

SCENARIO("a full disk is told, the store stays whole, and room is all that it needs") {
  const temporary_folder above;
  const auto disk = above.path_of("disk");
  std::filesystem::create_directory(disk);
  constexpr int cannot_mount = 77;
  const int status = run_in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=128k,mode=0700") != 0)
      return cannot_mount;
    auto opened = open_sqlite_config_store(disk + "/state");
    if (!opened || !opened.value()->propose(proposal_of("running")) || !opened.value()->commit(1))
      return 1;
    auto& store = *opened.value();
    write_all(disk + "/ballast", std::string(200'000, 'x')); // up to the brim
    const auto refused = store.propose(proposal_of(std::string(20'000, 'y')));
    if (refused || refused.fault().code != store_errc::full)
      return 2;
    if (store.running().value()->number != 1 || store.pending().value())
      return 3;
    opened.value().reset();
    opened = open_sqlite_config_store(disk + "/state");
    if (!opened || opened.value()->get(1).value().text != "running")
      return 4;
    std::filesystem::remove(disk + "/ballast");
    return opened.value()->propose(proposal_of(std::string(20'000, 'y'))) ? 0 : 5;
  });
  if (WIFEXITED(status) && WEXITSTATUS(status) == cannot_mount)
    MESSAGE("no file system can be mounted here: not tried");
  else
    CHECK(status == 0);
}

SCENARIO("a damaged store is refused with what to do, and left as it is") {
  on_disk at;
  for (int i = 0; i < 20; ++i)
    add_committed(*at.store, "version " + std::to_string(i) + std::string(3'000, '#'));
  at.store.reset();
  const auto path = at.folder + "/config.db";
  const auto whole = read_all(path);
  REQUIRE(whole.size() > 60'000);
  const auto refused = [&](const std::string& bytes) {
    write_all(path, bytes);
    const auto fault = fault_of_opening(at.folder);
    CHECK(fault.code == store_errc::damaged);
    CHECK(fault.message.find(path + " is damaged: ") == 0);
    CHECK(fault.message.find('\n') == std::string::npos);
    CHECK(fault.hint.find("move it away") == 0);
    CHECK(read_all(path) == bytes);
  };
  refused("");
  refused(std::string(whole.size(), '\x5a'));
  refused(whole.substr(0, 50));
  refused(whole.substr(0, 4096));
  refused(whole.substr(0, whole.size() / 2));
  auto changed = whole;
  changed[changed.find("version 7###") + 100] = '!';
  refused(changed);
  changed = whole;
  for (std::size_t i = 4096; i < 8192; ++i)
    changed[i] = static_cast<char>(i * 31);
  refused(changed);
  write_all(path, whole);
  CHECK(open_sqlite_config_store(at.folder));
}

SCENARIO("values that no version can have are damage") {
  for (const auto* sql :
       {"update version set state = 4", "update version set source = -1", "update version set hash = x'00'",
        "update version set who = 'me'", "insert into file_seen values(1, 'none')", "drop table file_seen",
        "drop table version", "pragma application_id = 7", "pragma user_version = 0"}) {
    CAPTURE(sql);
    on_disk at;
    make_store(at);
    change_by(at.folder + "/config.db", sql);
    CHECK(fault_of_opening(at.folder).code == store_errc::damaged);
  }
}

SCENARIO("a store of a later version is refused") {
  on_disk at;
  make_store(at);
  change_by(at.folder + "/config.db", "pragma user_version = 2");
  const auto fault = fault_of_opening(at.folder);
  CHECK(fault.code == store_errc::newer);
  CHECK(fault.message ==
        at.folder + "/config.db is of format 2, from a later version of this program, which reads up to 1");
  CHECK(fault.hint.find("run that version again") == 0);
}

SCENARIO("another program that has the file open is told") {
  on_disk at;
  make_store(at);
  auto other = sqlite_file::open(at.folder + "/config.db", store_bytes_max);
  REQUIRE(other);
  REQUIRE(other.value().run("begin exclusive"));
  CHECK(fault_of_opening(at.folder).code == store_errc::held);
}

} // namespace cafnode::control
