#pragma once

#include "control/config/config_store.hpp"

#include <string>
#include <string_view>

namespace cafnode::control {

/// A folder that is this user's alone, and held: no other process can open it as long as this lives.
class store_folder {
public:
  /// Opens the folder at `path`, made with mode 0700 if it is missing, and holds it by a lock on `config.lock` in it.
  [[nodiscard]] static store_result<store_folder> open(const std::string& path);

  store_folder(store_folder&& other) noexcept;
  store_folder(const store_folder&) = delete;
  store_folder& operator=(const store_folder&) = delete;
  store_folder& operator=(store_folder&&) = delete;
  ~store_folder();

  /// The path of a file in it.
  [[nodiscard]] std::string path_of(std::string_view name) const;

  [[nodiscard]] store_result<bool> has(std::string_view name) const;

  /// Makes an empty file of mode 0600 in the place of what is there.
  [[nodiscard]] store_result<stored> make_file(std::string_view name) const;

  /// Removes a file; none there is no fault.
  [[nodiscard]] store_result<stored> remove_file(std::string_view name) const;

  /// Gives a file its final name, on the disk too.
  [[nodiscard]] store_result<stored> rename_file(std::string_view from, std::string_view to) const;

private:
  store_folder(std::string path, int folder, int lock) noexcept;

  std::string path_;
  int folder_;
  int lock_;
};

/// The fault for what the system refused with `error` (errno).
[[nodiscard]] store_fault system_fault(int error, const std::string& what);

} // namespace cafnode::control
