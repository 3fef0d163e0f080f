#pragma once

#include "actors/session/depot.hpp"
#include "control/config/config_store.hpp"
#include "control/push/config_keeper.hpp"
#include "control/tree/tree_view.hpp"
#include "runtime/host/actor_host.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::bench {

/// A node whose configuration is a text and can be pushed: tree, depot and keeper, without control API and telemetry.
/// For benchmarks and end-to-end tests.
class config_bed {
public:
  /// Throws std::runtime_error when the text cannot be used.
  explicit config_bed(const std::string& text, std::size_t io_threads = 1,
                      std::shared_ptr<control::config_store> kept = control::make_memory_config_store());

  /// Ends it; the processes have as long as a node gives them.
  ~config_bed();

  config_bed(const config_bed&) = delete;
  config_bed& operator=(const config_bed&) = delete;

  [[nodiscard]] std::future<control::config_answer> begin(control::config_wish wish) const;

  [[nodiscard]] control::config_answer ask(control::config_wish wish) const { return begin(std::move(wish)).get(); }

  [[nodiscard]] std::size_t live() const;

  [[nodiscard]] caf::actor_system& system() const { return host_->system(); }

  /// The process with this label; null: none runs.
  [[nodiscard]] caf::actor process(const std::string& label) const;

  /// How often the keeper told this.
  [[nodiscard]] std::size_t told(std::string_view kind) const;

  /// Whether everything ended by itself. The destructor does it otherwise.
  bool end();

  std::string file; // what the node's file holds now

  std::shared_ptr<control::config_store> store;
  std::shared_ptr<control::tree_view> tree = std::make_shared<control::tree_view>();
  std::shared_ptr<session::board> board = std::make_shared<session::board>();

private:
  control::config_outside outside();

  mutable std::mutex mutex_;
  std::vector<std::string> told_;
  std::unique_ptr<host::actor_host> host_;
  std::shared_ptr<session::depot> depot_;
  caf::actor keeper_;
  caf::actor root_;
};

} // namespace cafnode::bench
