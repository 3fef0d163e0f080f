#pragma once

#include "control/config/sqlite_config_store.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cafnode::control {

/// A folder of its own that goes with its test.
class temporary_folder {
public:
  temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder();

  [[nodiscard]] std::string path_of(std::string_view name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

/// A store that can be closed and opened again, as a node does it.
struct on_disk {
  on_disk();

  void reopen();

  temporary_folder above;
  std::string folder = above.path_of("state");
  std::unique_ptr<config_store> store;
};

struct in_memory {
  std::unique_ptr<config_store> store = make_memory_config_store();
};

/// A proposal whose text tells which it is.
[[nodiscard]] config_proposal proposal_of(const std::string& text);

/// Proposes and commits; the number.
std::uint64_t add_committed(config_store& store, const std::string& text);

/// Runs `what` in a child process and gives the status of waitpid. What it returns is the child's exit code.
int run_in_child(const std::function<int()>& what);

} // namespace cafnode::control
