#pragma once

#include "runtime/base/result.hpp"

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cafnode::process {

/// Who has a name, and under which number. A number is given out once, and later ones are higher: it tells a holder
/// from the one before it, and is what others compare before they act for it.
struct name_claim {
  caf::actor holder;
  std::uint64_t incarnation = 0; // from 1; 0: nobody
};

struct named_holder {
  std::string name;
  name_claim claim;
};

enum class name_fault_code : std::uint8_t {
  taken,         // by an actor that lives
  changed,       // the holder is not the expected one any more
  owner_ended,   // whoever wants the name has ended, or is fenced
  bad_name,      // empty, or longer than name_registry::name_bytes_max
  registry_full, // release names, or give the registry a higher bound
};

struct name_fault {
  name_fault_code code = name_fault_code::taken;
  std::string text;
  name_claim holder; // who has the name, with `taken` and `changed`
};

/// The names of actors, of ours or not, in one actor system. A name is held until its owner ends, however it ends, is
/// fenced, releases it, or is replaced. An owner that has ended is never found. Any thread.
///
/// Names are spread over shards by their hash; a lookup takes one shared lock for a few nanoseconds.
class name_registry {
public:
  static constexpr std::size_t name_bytes_max = 256;
  static constexpr std::size_t page_max = 1000;

  /// Holds at most `names_max` names.
  explicit name_registry(std::size_t names_max = 65'536) : names_max_{names_max} {}

  name_registry(const name_registry&) = delete;
  name_registry& operator=(const name_registry&) = delete;

  using outcome = base::result<std::uint64_t, name_fault>;

  /// Gives `name` to `owner` if nobody alive has it. The value is the number of the claim.
  outcome claim(std::string_view name, const caf::actor& owner);

  /// Gives `name` to `owner` if claim number `expected` still stands, alive or not; with 0, if nobody alive has it.
  outcome replace(std::string_view name, const caf::actor& owner, std::uint64_t expected);

  /// Takes `name` back from `owner`; false, and nothing happens, when it is not the holder.
  bool release(std::string_view name, const caf::actor& owner);

  /// The living holder of `name`.
  [[nodiscard]] std::optional<name_claim> whereis(std::string_view name) const;

  /// The first `limit` names (at most page_max) behind `after`, in order, whose holders live. For showing.
  [[nodiscard]] std::vector<named_holder> page(std::string_view after, std::size_t limit = page_max) const;

  /// How many names are held.
  [[nodiscard]] std::size_t size() const noexcept { return count_.load(std::memory_order_relaxed); }

  /// Selects what hangs on the owner of one claim until the claim ends (caf::abstract_actor::detach).
  struct hook_token {
    static constexpr std::size_t token_type = 0x6E61'6D65;
    const void* registry;
    std::uint64_t incarnation;
  };

private:
  class cleaner;

  struct entry {
    caf::weak_actor_ptr holder; // weak: a name keeps nobody alive
    std::uint64_t incarnation = 0;
  };

  struct name_hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>{}(name); }
  };

  struct shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, entry, name_hash, std::equal_to<>> names;
  };

  static constexpr std::size_t shards = 16;

  [[nodiscard]] shard& shard_of(std::string_view name) const noexcept;
  [[nodiscard]] static name_claim living(const entry& found) noexcept;
  outcome put(std::string_view name, const caf::actor& owner, std::optional<std::uint64_t> expected);
  outcome put_new(shard& place, std::string_view name, const caf::actor& owner);
  void forget(std::string_view name, std::uint64_t incarnation) noexcept;
  void attach_cleaner(std::string_view name, const caf::actor& owner, std::uint64_t incarnation);
  void detach_cleaner(const caf::weak_actor_ptr& owner, std::uint64_t incarnation);

  const std::size_t names_max_;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::uint64_t> last_incarnation_{0};
  mutable std::array<shard, shards> shards_;
};

} // namespace cafnode::process
