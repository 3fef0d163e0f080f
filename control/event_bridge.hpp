#pragma once

#include "actors/session/notice.hpp"
#include "control/tree_view.hpp"
#include "runtime/observe/event_log.hpp"
#include "supervisors/event.hpp"

#include <memory>

namespace cafnode::control {

/// What a supervisor's transition is as an event of the node; its kind is the transition's name.
[[nodiscard]] observe::event to_event(const supervision::event& happened);

/// Turns what supervisors and sessions publish into events of the node, and keeps the tree. Any thread.
class event_bridge final : public supervision::event_sink, public session::notice_sink {
public:
  event_bridge(std::shared_ptr<tree_view> tree, std::shared_ptr<observe::event_log> log);

  void publish(const supervision::event& happened) override;
  void publish(session::notice happened) override;

private:
  std::shared_ptr<tree_view> tree_;
  std::shared_ptr<observe::event_log> log_;
};

} // namespace cafnode::control
