#pragma once

#include "control/config/config_version.hpp"
#include "runtime/base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::control {

enum class store_errc : std::uint8_t {
  bad_proposal = 0, // a field out of its bounds
  not_found = 1,    // no such version, or it went when newer ones came
  wrong_state = 2,  // not from the state that the version is in, or another one is still proposed
  full = 3,         // no room on the disk; what was kept before is whole, and a later try may work
  not_writable = 4, // a folder or file system that is read-only, or belongs to somebody else
  unsafe = 5,       // a folder that others may look into or write to
  held = 6,         // by another process
  damaged = 7,
  newer = 8, // written by a later version of the program
  system = 9,
};

/// Why the store did not do it: sentences for the operator.
struct store_fault {
  store_errc code = store_errc::system;
  std::string message;
  std::string hint; // what to do; may be empty
};

/// It was done, and is on the disk.
struct stored {};

template<class Value>
using store_result = base::result<Value, store_fault>;

/// The versions that a node's configuration has had: at most versions_max of them. What is written has survived the end
/// of the process and of the machine when the call returns; a call that fails has changed nothing.
///
/// A version begins as proposed, and only one at a time is. From there it is committed, then stable; or undone, which
/// also a committed one may be. Asking again for the state that a version has is no fault and changes nothing, so that
/// a step may be repeated when nobody knows whether it was done.
///
/// The oldest go when there are too many: never the running one, the last stable one nor the one that is proposed.
///
/// One thread at a time. Calls write to a disk and wait for it.
class config_store {
public:
  config_store() = default;
  config_store(const config_store&) = delete;
  config_store& operator=(const config_store&) = delete;
  virtual ~config_store() = default;

  /// Keeps a new version as proposed and gives its number. Refused while another one is proposed.
  [[nodiscard]] virtual store_result<std::uint64_t> propose(const config_proposal& proposal) = 0;

  /// A proposed version becomes the running one.
  [[nodiscard]] virtual store_result<stored> commit(std::uint64_t number) = 0;

  /// The health gate of a committed version was met.
  [[nodiscard]] virtual store_result<stored> mark_stable(std::uint64_t number) = 0;

  /// A proposed or committed version failed. If it was running, the one before it is again; whoever carried out more
  /// than that proposes a version of its own for it.
  [[nodiscard]] virtual store_result<stored> mark_undone(std::uint64_t number, std::string_view why) = 0;

  /// All that are kept, oldest first, without their texts.
  [[nodiscard]] virtual store_result<std::vector<version_entry>> history() const = 0;

  [[nodiscard]] virtual store_result<config_version> get(std::uint64_t number) const = 0;

  /// The highest that is committed or stable; none in a new store.
  [[nodiscard]] virtual store_result<std::optional<version_entry>> running() const = 0;

  /// The one that is proposed. Right after opening that is one whose apply was cut short by the end of the process.
  [[nodiscard]] virtual store_result<std::optional<version_entry>> pending() const = 0;

  /// Keeps the hash of the node's file as it was last seen, so that a later start can tell whether it was edited since.
  [[nodiscard]] virtual store_result<stored> remember_file(std::string_view hash) = 0;

  /// What remember_file kept last; none in a new store.
  [[nodiscard]] virtual store_result<std::optional<std::string>> file_hash() const = 0;
};

/// A store for as long as the process lives: for a node without a folder for its state, or whose store is damaged.
[[nodiscard]] std::unique_ptr<config_store> make_memory_config_store();

/// Words for logs and the API: "not_writable".
[[nodiscard]] std::string_view to_string(store_errc code) noexcept;

} // namespace cafnode::control
