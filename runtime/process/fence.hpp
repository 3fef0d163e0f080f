#pragma once

#include "runtime/process/reason.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor.hpp>
#include <caf/fwd.hpp>

namespace cafnode::process {

class process_base;

/// Fences `who` (process_base::fence) and kills it: it ends with `why` as soon as it can, and does nothing any more
/// that others could see. For supervisors that give a stuck process up, before they start its replacement. An actor
/// that is no process of ours is only killed. Any thread.
void fence_and_kill(const caf::actor& who, reason_code why = reason_code::killed);

/// The process behind `who` while the caller holds a handle of it; null for an actor that is none of ours, a remote one
/// for example. Any thread.
[[nodiscard]] process_base* find_process(const caf::actor& who) noexcept;

/// How the process base and `tell` look at fences. Not for others.
struct fence_access {
  /// Marks what derives from process_base: one of the bits that CAF leaves to subtypes.
  static constexpr int process_flag = 0x0008'0000;

  [[nodiscard]] static bool is_fenced(const caf::abstract_actor& who) noexcept;

  /// Whether the sender of `element` is a fenced process.
  [[nodiscard]] static bool holds_back(const caf::mailbox_element& element) noexcept;

  /// Takes note of what the fenced `from` wanted to tell.
  static void drop(const caf::local_actor& from, const caf::message& content);
};

} // namespace cafnode::process
