#include "tests/control/config/store_rig.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace cafnode::control {

temporary_folder::temporary_folder() {
  auto name = (std::filesystem::temp_directory_path() / "config-store-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

on_disk::on_disk() {
  reopen();
}

void on_disk::reopen() {
  store.reset();
  auto opened = open_sqlite_config_store(folder);
  if (!opened)
    FAIL(opened.fault().message);
  store = std::move(opened).value();
}

config_proposal proposal_of(const std::string& text) {
  return {1'764'000'000'000, "unix:0", "as asked", version_source::pushed, config_hash(text), text};
}

std::uint64_t add_committed(config_store& store, const std::string& text) {
  const auto number = store.propose(proposal_of(text));
  REQUIRE(number);
  REQUIRE(store.commit(number.value()));
  return number.value();
}

int run_in_child(const std::function<int()>& what) {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0)
    ::_exit(what());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

} // namespace cafnode::control
