#include "runtime/process/name_registry.hpp"

#include "runtime/process/fence.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/attachable.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace cafnode::process {

namespace {

bool is_living(const caf::strong_actor_ptr& who) noexcept {
  return who && !who->get()->getf(caf::abstract_actor::is_terminated_flag) && !fence_access::is_fenced(*who->get());
}

} // namespace

/// Hangs on an owner, and forgets one claim when it ends. On any thread.
class name_registry::cleaner final : public caf::attachable {
public:
  cleaner(name_registry& registry, std::string name, std::uint64_t incarnation)
      : registry_{&registry}, name_{std::move(name)}, incarnation_{incarnation} {}

  void actor_exited(const caf::error&, caf::execution_unit*) override { registry_->forget(name_, incarnation_); }

  bool matches(const token& what) override {
    if (what.subtype != hook_token::token_type)
      return false;
    const auto& wanted = *static_cast<const hook_token*>(what.ptr);
    return wanted.registry == registry_ && wanted.incarnation == incarnation_;
  }

private:
  name_registry* registry_;
  std::string name_;
  std::uint64_t incarnation_;
};

name_registry::outcome name_registry::claim(std::string_view name, const caf::actor& owner) {
  return put(name, owner, std::nullopt);
}

name_registry::outcome name_registry::replace(std::string_view name, const caf::actor& owner, std::uint64_t expected) {
  return put(name, owner, expected == 0 ? std::nullopt : std::optional{expected});
}

name_registry::outcome name_registry::put(std::string_view name, const caf::actor& owner,
                                          std::optional<std::uint64_t> expected) {
  if (name.empty() || name.size() > name_bytes_max)
    return base::failure{name_fault{name_fault_code::bad_name, "a name has 1 to 256 bytes", {}}};
  if (!owner || !is_living(caf::actor_cast<caf::strong_actor_ptr>(owner)))
    return base::failure{name_fault{name_fault_code::owner_ended, "whoever wants the name has ended", {}}};
  entry before;
  std::uint64_t incarnation = 0;
  {
    auto& place = shard_of(name);
    const std::unique_lock guard{place.mutex};
    const auto found = place.names.find(name);
    auto holder = found != place.names.end() ? living(found->second) : name_claim{};
    if (expected && (found == place.names.end() || found->second.incarnation != *expected))
      return base::failure{name_fault{name_fault_code::changed, "the name has another holder, or none", holder}};
    if (!expected && holder.holder)
      return base::failure{name_fault{name_fault_code::taken, "the name has a holder that lives", holder}};
    if (found == place.names.end()) {
      auto made = put_new(place, name, owner);
      if (!made)
        return made;
      incarnation = made.value();
    } else {
      incarnation = ++last_incarnation_;
      before = std::exchange(found->second, {caf::actor_cast<caf::weak_actor_ptr>(owner), incarnation});
    }
  }
  // Not under the lock: an owner that has ended meanwhile calls back at once.
  attach_cleaner(name, owner, incarnation);
  detach_cleaner(before.holder, before.incarnation);
  return incarnation;
}

name_registry::outcome name_registry::put_new(shard& place, std::string_view name, const caf::actor& owner) {
  if (count_.fetch_add(1, std::memory_order_relaxed) >= names_max_) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    return base::failure{
        name_fault{name_fault_code::registry_full, "there are " + std::to_string(names_max_) + " names already", {}}};
  }
  const auto incarnation = ++last_incarnation_;
  place.names.emplace(name, entry{caf::actor_cast<caf::weak_actor_ptr>(owner), incarnation});
  return incarnation;
}

bool name_registry::release(std::string_view name, const caf::actor& owner) {
  entry gone;
  {
    auto& place = shard_of(name);
    const std::unique_lock guard{place.mutex};
    const auto found = place.names.find(name);
    if (found == place.names.end() || !owner ||
        found->second.holder.get() != caf::actor_cast<caf::actor_control_block*>(owner))
      return false;
    gone = std::move(found->second);
    place.names.erase(found);
    count_.fetch_sub(1, std::memory_order_relaxed);
  }
  detach_cleaner(gone.holder, gone.incarnation);
  return true;
}

std::optional<name_claim> name_registry::whereis(std::string_view name) const {
  auto& place = shard_of(name);
  const std::shared_lock guard{place.mutex};
  const auto found = place.names.find(name);
  if (found == place.names.end())
    return std::nullopt;
  auto claim = living(found->second);
  return claim.holder ? std::optional{std::move(claim)} : std::nullopt;
}

std::vector<named_holder> name_registry::page(std::string_view after, std::size_t limit) const {
  const auto bound = std::min(limit, page_max);
  std::vector<named_holder> first; // a heap, the last name on top
  const auto by_name = [](const named_holder& one, const named_holder& other) { return one.name < other.name; };
  for (const auto& place : shards_) {
    const std::shared_lock guard{place.mutex};
    for (const auto& [name, found] : place.names) {
      if (name <= after || bound == 0 || (first.size() == bound && first.front().name < name))
        continue;
      auto claim = living(found);
      if (!claim.holder)
        continue;
      first.push_back({name, std::move(claim)});
      std::push_heap(first.begin(), first.end(), by_name);
      if (first.size() > bound) {
        std::pop_heap(first.begin(), first.end(), by_name);
        first.pop_back();
      }
    }
  }
  std::sort_heap(first.begin(), first.end(), by_name);
  return first;
}

name_registry::shard& name_registry::shard_of(std::string_view name) const noexcept {
  return shards_[name_hash{}(name) % shards];
}

name_claim name_registry::living(const entry& found) noexcept {
  auto strong = found.holder.lock();
  if (!is_living(strong))
    return {};
  return {caf::actor_cast<caf::actor>(std::move(strong)), found.incarnation};
}

void name_registry::forget(std::string_view name, std::uint64_t incarnation) noexcept {
  auto& place = shard_of(name);
  const std::unique_lock guard{place.mutex};
  const auto found = place.names.find(name);
  // The name may have a new holder since.
  if (found == place.names.end() || found->second.incarnation != incarnation)
    return;
  place.names.erase(found);
  count_.fetch_sub(1, std::memory_order_relaxed);
}

void name_registry::attach_cleaner(std::string_view name, const caf::actor& owner, std::uint64_t incarnation) {
  caf::actor_cast<caf::abstract_actor*>(owner)->attach(
      std::make_unique<cleaner>(*this, std::string{name}, incarnation));
}

void name_registry::detach_cleaner(const caf::weak_actor_ptr& owner, std::uint64_t incarnation) {
  if (const auto strong = owner.lock())
    strong->get()->detach(hook_token{this, incarnation});
}

} // namespace cafnode::process
