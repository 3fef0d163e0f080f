#pragma once

#include "actors/session/wanted.hpp"
#include "conf/diff.hpp"
#include "conf/loader.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::control {

/// What a change of the configuration does to one connection.
enum class child_effect : std::uint8_t {
  stop,    // it is not wanted any more
  change,  // it takes new values over as it runs: process, socket and orders stay
  restart, // stopped, and started with the new values; its orders are found again, if the exchange keeps them
  replace, // the same, under another account, key or exchange: what was known of its orders does not hold
  start,   // it is new
};

[[nodiscard]] std::string_view to_string(child_effect effect) noexcept;

/// How a connection stands now, as far as a change of it is concerned.
struct child_facts {
  std::uint32_t orders_open = 0;
  std::uint32_t orders_in_doubt = 0;
  bool live = false;
  bool orders_known = true; // otherwise it has not been live since the node began, and its orders may be any
};

using child_look = std::function<child_facts(const std::string& name)>;

struct planned_child {
  child_effect effect = child_effect::change;
  std::string name;
  std::string path;
  std::string exchange;
  std::shared_ptr<const std::vector<std::string>> why; // "exchanges.deribit.orders.valid_for: 5s -> 2s"; never null
  child_facts now;
  bool restarts_change = false; // its supervisor counts and paces restarts otherwise
  bool cancels = false;         // restart: the exchange cancels its open orders, as cancel_on_disconnect has it

  /// Whether no order may begin on it while it is changed: it is to go, or what it is after the change may be taken
  /// back, or its restart costs open orders.
  [[nodiscard]] bool holds_orders() const noexcept { return effect != child_effect::change; }
};

/// What a change of the configuration would do to the node that made this plan.
struct config_plan {
  std::string node;
  std::uint64_t index = 0;                 // the version that it changes
  std::string hash;                        // of the wanted text, as config_hash gives it
  std::vector<conf::change> node_changes;  // of the node itself, at once
  std::vector<conf::change> after_restart; // what only a restart of the node brings: it is kept and has no effect yet
  std::vector<conf::overridden_value> overridden; // what the text says without effect
  std::vector<planned_child> children;            // those that change, in the order of their paths
  std::size_t unchanged = 0;
  std::vector<std::string> exchanges_changed; // whose lists or values differ, those that come and go too
  bool list_of_exchanges_changes = false;

  [[nodiscard]] bool changes() const noexcept {
    return !node_changes.empty() || !after_restart.empty() || !children.empty() || list_of_exchanges_changes;
  }

  [[nodiscard]] std::size_t count(child_effect effect) const noexcept;

  /// Connections whose socket is closed by it.
  [[nodiscard]] std::size_t interrupted() const noexcept;
};

/// Compares two configurations of one node, which stays in `region` while it runs, whatever they say. `look` is asked
/// for connections that are there. Pure apart from that.
[[nodiscard]] config_plan make_config_plan(const conf::node_config& before, const conf::node_config& after,
                                           const std::string& region, const child_look& look);

/// The way back: what was started is stopped, and so on.
[[nodiscard]] config_plan reversed(const config_plan& plan);

/// Why a plan has to wait or to be forced: orders on connections that it interrupts; empty: nothing stands against it.
/// Orders in doubt, or not known yet, may be settled soon (`may_pass`); open ones on a connection that goes, or becomes
/// another, would be forgotten, and those of a restarted one cancelled where cancel_on_disconnect says so.
struct order_obstacle {
  std::string text;
  bool may_pass = false;
};

[[nodiscard]] order_obstacle obstacle_of(const config_plan& plan, const child_look& look);

} // namespace cafnode::control
