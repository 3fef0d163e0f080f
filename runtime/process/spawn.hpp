#pragma once

#include "runtime/base/result.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/process/reason.hpp"

#include <caf/actor.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace cafnode::process {

/// CAF's spawn leaves the calling thread with a reference to the system's logger, and the system's destructor waits for
/// every one of them: a thread that is not CAF's own would keep it from ending. Lets go of it. What is below does so by
/// itself; whoever calls CAF's spawn on a thread that outlives the system calls this after it.
void release_system_from_this_thread() noexcept;

/// A process that ends at once, for `why`. It stands in for one that could not be made, so that whoever watches the
/// handle hears of it in the same way as of any other end.
[[nodiscard]] caf::actor spawn_stillborn(caf::actor_system& system, home* where, caf::error why);

/// Where and how a process is spawned.
struct spawn_options {
  home* where = nullptr;         // null: on CAF's scheduler
  std::shared_ptr<mailbox> mail; // null: the messages of an incarnation end with it, and have no bound
};

/// Makes a `T` from `arguments`, pinned to `options.where`. `T` derives from process_base and takes caf::actor_config&
/// first. Its behave() runs later, on its own thread. It keeps itself alive until it ends: dropping the handle does not
/// end it. The fault is `start_failed` with the text of the exception that the constructor threw; a mailbox is as it
/// was before then. `system` is made from a system_config. Any thread.
template<class T, class... Arguments>
[[nodiscard]] base::result<caf::actor, caf::error> try_spawn_process(caf::actor_system& system, spawn_options options,
                                                                     Arguments&&... arguments) {
  static_assert(std::is_base_of_v<process_base, T>, "only processes are spawned here");
  try {
    // CAF's own spawn() would make references of string literals into std::string and drop the host.
    caf::actor_config config{options.where != nullptr ? static_cast<caf::execution_unit*>(options.where)
                                                      : system.dummy_execution_unit()};
    const auto made = caf::make_actor<T, caf::actor>(system.next_actor_id(), system.node(), &system, config,
                                                     std::forward<Arguments>(arguments)...);
    auto& begun = static_cast<process_base&>(*caf::actor_cast<caf::abstract_actor*>(made));
    if (options.mail)
      begun.use_mailbox(std::move(options.mail));
    begun.launch(config.host, false, false);
    release_system_from_this_thread();
    return made;
  } catch (const std::exception& problem) {
    return base::failure{make_reason(reason_code::start_failed, problem.what())};
  } catch (...) {
    return base::failure{make_reason(reason_code::start_failed, "an exception that is no std::exception")};
  }
}

/// The same without a mailbox.
template<class T, class... Arguments>
[[nodiscard]] base::result<caf::actor, caf::error> try_spawn_process(caf::actor_system& system, home* where,
                                                                     Arguments&&... arguments) {
  return try_spawn_process<T>(system, spawn_options{where, nullptr}, std::forward<Arguments>(arguments)...);
}

/// As try_spawn_process, but always gives a handle: when the constructor throws, that of a process that ended with
/// `start_failed`.
template<class T, class... Arguments>
[[nodiscard]] caf::actor spawn_process(caf::actor_system& system, spawn_options options, Arguments&&... arguments) {
  auto* where = options.where;
  auto made = try_spawn_process<T>(system, std::move(options), std::forward<Arguments>(arguments)...);
  return made ? made.value() : spawn_stillborn(system, where, made.fault());
}

/// The same without a mailbox.
template<class T, class... Arguments>
[[nodiscard]] caf::actor spawn_process(caf::actor_system& system, home* where, Arguments&&... arguments) {
  return spawn_process<T>(system, spawn_options{where, nullptr}, std::forward<Arguments>(arguments)...);
}

} // namespace cafnode::process
