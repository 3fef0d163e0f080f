#pragma once

#include "conf/loader.hpp"
#include "control/config/config_store.hpp"
#include "control/push/config_json.hpp"
#include "control/push/config_messages.hpp"
#include "control/push/config_news.hpp"
#include "control/push/config_plan.hpp"
#include "control/push/push_course.hpp"
#include "control/push/tree_change.hpp"
#include "runtime/process/process_base.hpp"

#include <caf/response_promise.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::control {

/// What a node lends its keeper. The functions are called on the keeper's thread.
struct config_outside {
  std::shared_ptr<session::depot> depot;
  std::shared_ptr<session::board> board;
  std::shared_ptr<config_store> store;
  std::string store_place; // a folder; empty: versions are in memory only
  process_finder find;
  /// Reads a text as the node reads its file, flags and environment included.
  std::function<conf::loaded(std::string name, std::string text)> read;
  /// The text of the node's file now; none: it has no file, or it cannot be read, which `why` says.
  std::function<std::optional<std::string>(std::string& why)> read_file;
  std::string file; // its path; empty: none
  /// What this machine lacks for a configuration: open files, a CA file; nothing: it can run.
  std::function<std::optional<std::string>(const conf::node_config& wanted)> why_not;
  /// Takes over what of the node itself changes at once: log, drain.
  std::function<void(const conf::node_config& wanted)> use;
  /// Shows which version runs, and whether the node's file differs from it. Now and then.
  std::function<void(std::uint64_t version, bool drifts)> show;
  std::function<bool()> is_ending;
  std::function<void(const config_news& happened)> tell;
};

/// What the node has begun with.
struct config_start {
  conf::loaded read; // usable
  std::string text;
  version_entry version; // in the store
};

/// Keeps the configuration of one node: which version runs, plans of what another one would change, and the change
/// itself, carried out step by step and taken back whole when a step fails. One change at a time. What restarts a
/// connection waits for its orders; see push_course. Blocks its thread while the store writes: it has one of its own.
///
/// Accepts: config_wish (requests, from anybody).
/// Sends:   change_specs (to supervisors), settings_changed (to exchange clients).
/// Stops:   when asked; a change that is under way is taken back first.
class config_keeper final : public process::process_base {
public:
  config_keeper(caf::actor_config& config, config_outside outside, config_start start);

protected:
  caf::behavior behave() override;
  void on_stop(const caf::error& reason) override;

private:
  /// A text that can be used, and what it changes.
  struct candidate {
    conf::loaded read;
    std::string text;
    config_plan plan;
  };

  /// A change that is under way.
  struct push {
    candidate wanted;
    version_source source = version_source::pushed;
    std::string who;
    std::string why;
    push_course course;
    caf::response_promise promise;
    base::time_point begun;
    std::uint64_t number = 0; // in the store; 0: not proposed yet
    std::uint64_t epoch = 0;  // of the depot's wishes, that connections show when they have taken them over
    std::vector<std::shared_ptr<session::connection_record>> held; // no order begins there until the end of it
  };

  /// What the store could not be told of a change that was taken back.
  struct unwritten {
    std::uint64_t number = 0;
    std::string why;
    std::uint64_t back = 0; // the version that runs again; 0: not proposed yet
  };

  // -- questions -----------------------------------------------------------------------------------------------------
  caf::result<config_answer> on_wish(const config_wish& wish);
  config_answer on_status();
  config_answer on_history();
  config_answer on_version(std::uint64_t number);
  config_answer on_diff(std::uint64_t from, std::uint64_t to);
  config_answer on_plan(const config_wish& wish);
  [[nodiscard]] base::result<candidate, config_answer> consider(const config_wish& wish);
  [[nodiscard]] static std::vector<conf::overridden_value> overridden(const candidate& found);
  [[nodiscard]] std::optional<config_answer> why_not_allowed(const config_wish& wish) const;
  [[nodiscard]] std::string drift();
  [[nodiscard]] std::vector<conf::change> waits_for_restart() const;
  void watch_file();

  // -- the change: config_keeper_push.cpp ----------------------------------------------------------------------------
  caf::result<config_answer> on_apply(const config_wish& wish, version_source source);
  caf::result<config_answer> on_rollback(config_wish wish);
  caf::result<config_answer> on_reread(config_wish wish);
  void remember_file(std::string_view hash);
  [[nodiscard]] config_answer unchanged(std::size_t connections) const;
  [[nodiscard]] std::optional<config_answer> why_not_now(const config_wish& wish, const candidate& found) const;
  void go_on();
  void hold_orders();
  [[nodiscard]] std::pair<std::size_t, std::string> not_held() const;
  void let_orders_go(const push& ended);
  void change();
  void tell_connections(const config_plan& plan);
  [[nodiscard]] std::size_t not_told(const push& under_way) const;
  [[nodiscard]] std::pair<std::size_t, std::string> unwell(const push& under_way) const;
  [[nodiscard]] std::optional<std::string> commit();
  void undo();
  bool write_undone();
  void write_undone_again();
  void converge_again();
  void finish();
  void take_entry(std::uint64_t number);
  [[nodiscard]] push_report report_of(const push& ended) const;
  [[nodiscard]] child_facts look(const std::string& name) const;
  void want(const conf::node_config& config);
  void publish(config_step what, std::string cause, std::uint64_t version, observe::field_list fields = {});

  config_outside outside_;
  const conf::node_config begun_; // what of it takes a restart of the node is what the node has
  conf::loaded running_;
  std::string text_; // of what runs
  version_entry version_;
  std::uint64_t epoch_ = 1;
  tree_change tree_;
  std::optional<push> push_;
  std::optional<config_plan> torn_; // what could not be taken back: tried again
  std::optional<unwritten> unwritten_;
  std::uint64_t holds_ = 0; // numbers the times that orders were held
  std::string trouble_;
  process::timer pause_;
  process::timer store_pause_;
  process::timer file_timer_;
  std::optional<caf::error> stopping_;
};

} // namespace cafnode::control
