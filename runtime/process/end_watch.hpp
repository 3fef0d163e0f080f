#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/attachable.hpp>
#include <caf/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace cafnode::process {

/// What a process that watches many calls each of them. The meaning is the watcher's own.
struct watch_token {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  friend bool operator==(const watch_token&, const watch_token&) = default;
};

/// Lies with a watched process and tells its watcher, held weakly, of the end: once, at high priority, with `token`.
/// See process_base::watch_with.
class end_watch final : public caf::attachable {
public:
  /// Names one watch when it is taken back: caf::abstract_actor::detach(end_watch::key{...}).
  struct key {
    static constexpr std::size_t token_type = 0xca;

    const caf::actor_control_block* watcher = nullptr;
    watch_token token;
  };

  end_watch(caf::weak_actor_ptr watcher, watch_token called) : watcher_{std::move(watcher)}, token_{called} {}

  void actor_exited(const caf::error& reason, caf::execution_unit* unit) override;
  bool matches(const caf::attachable::token& what) override;

private:
  caf::weak_actor_ptr watcher_;
  watch_token token_;
};

/// The reason in `element` when that is the news of an end_watch, which is `token`'s; null otherwise. It lives as long
/// as the element.
[[nodiscard]] const caf::error* ended_watch(const caf::mailbox_element& element, watch_token& token);

} // namespace cafnode::process
