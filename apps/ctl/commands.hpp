#pragma once

#include "apps/ctl/client.hpp"
#include "apps/ctl/text.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cafnode::ctl {

/// What holds for every command.
struct options {
  node_address where;
  std::chrono::milliseconds timeout{5'000};
  bool as_json = false;
  bool is_terminal = false; // standard output
  look how;
  std::optional<std::chrono::milliseconds> watch; // show again and again
};

struct new_order {
  std::string connection, side, amount, instrument, price, tif;
  bool post_only = false;
  bool reduce_only = false;
};

/// Which orders; an empty word filters nothing.
struct order_filter {
  std::string connection, state, instrument, side;
};

struct tree_part {
  std::string path, after;
  std::uint32_t limit = 1'000;
};

struct event_filter {
  std::uint32_t count = 20; // of the latest
  std::string since;        // behind this sequence number, instead
  std::string kind;
  bool follow = false;
};

// Each does one command: data to standard output, faults to standard error.
[[nodiscard]] exit_code show_status(const options& chosen);
[[nodiscard]] exit_code show_tree(const options& chosen, const tree_part& part);
[[nodiscard]] exit_code show_path(const options& chosen, const std::string& path);
/// `how` is a word of the API: default, stop_first, make_before_break.
[[nodiscard]] exit_code restart_path(const options& chosen, const std::string& path, std::string_view how);
/// `ask` asks it to stop instead. The root of a tree is ended only with `sure`, or when somebody at a terminal says so.
[[nodiscard]] exit_code kill_path(const options& chosen, const std::string& path, bool ask, bool sure);
[[nodiscard]] exit_code list_connections(const options& chosen);
[[nodiscard]] exit_code show_connection(const options& chosen, const std::string& name);
[[nodiscard]] exit_code close_connection(const options& chosen, const std::string& name);
[[nodiscard]] exit_code tail_events(const options& chosen, const event_filter& filter);
[[nodiscard]] exit_code list_orders(const options& chosen, const order_filter& filter);
[[nodiscard]] exit_code place_order(const options& chosen, const new_order& order);
[[nodiscard]] exit_code edit_order(const options& chosen, const std::string& connection, const std::string& label,
                                   const std::string& amount, const std::string& price);
[[nodiscard]] exit_code cancel_order(const options& chosen, const std::string& connection,
                                     const std::string& label_or_id);

} // namespace cafnode::ctl
