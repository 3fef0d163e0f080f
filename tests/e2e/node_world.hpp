#pragma once

#include "actors/session/board.hpp"
#include "actors/session/notice.hpp"
#include "bench/simulator.hpp"
#include "conf/node_config.hpp"
#include "control/control_actions.hpp"
#include "control/tree/tree_view.hpp"
#include "runtime/host/actor_host.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::test {

/// Keeps the notices of real threads.
class shared_notices final : public session::notice_sink {
public:
  void publish(session::notice happened) override;
  [[nodiscard]] std::size_t count(std::string_view kind) const;

private:
  mutable std::mutex mutex_;
  std::vector<std::string> kinds_;
};

/// The real thing on loopback: exchange-sim as a process, and a node's tree in this one.
class node_world {
public:
  struct options {
    bool tls = false;
    bool trust = true;                 // with TLS: the simulator's own authority
    std::vector<std::string> settings; // of the simulator
    std::function<void(conf::exchange_config&)> change;
  };

  node_world() : node_world(options{}) {}

  explicit node_world(const options& wanted);
  ~node_world();

  /// One connection without waiting; null when there is none.
  [[nodiscard]] std::shared_ptr<session::connection_record> connection(std::string_view name) const;
  [[nodiscard]] session::connection_view view(std::string_view name) const;

  /// Waits until `holds`, at most `limit`; whether it came true.
  [[nodiscard]] static bool wait(const std::function<bool()>& holds,
                                 std::chrono::milliseconds limit = std::chrono::seconds{20});

  /// Waits until a connection has become live `times` times in all.
  [[nodiscard]] bool wait_for_live(std::string_view name, std::uint64_t times = 1) const;

  /// Starts a fault at the simulator: the JSON body of POST /faults.
  void fault(const std::string& json) const;

  /// Orders through the gate, waited for.
  [[nodiscard]] session::order_outcome place(session::place_order order) const;
  [[nodiscard]] session::order_outcome edit(session::edit_order change) const;
  [[nodiscard]] session::order_outcome cancel(const std::string& label) const;
  [[nodiscard]] std::vector<session::listed_order> orders() const;

  /// A planned restart, waited for.
  [[nodiscard]] base::result<control::restart_done, control::action_failure>
  restart(control::restart_command wanted) const;

  /// A row of the tree as it is now; an empty one when there is none.
  [[nodiscard]] control::tree_row row(std::string_view path) const;

  std::shared_ptr<shared_notices> notices = std::make_shared<shared_notices>();
  std::shared_ptr<control::tree_view> tree = std::make_shared<control::tree_view>();
  bench::simulator exchange;
  control::control_actions actions;

private:
  std::shared_ptr<session::board> board_ = std::make_shared<session::board>();
  std::unique_ptr<host::actor_host> host_;
  caf::actor root_;
};

/// A resting buy far below the market.
[[nodiscard]] session::place_order resting_buy();

} // namespace cafnode::test
