#include "apps/node/config_desk.hpp"

#include "apps/node/actions.hpp"
#include "apps/node/own_machine.hpp"
#include "apps/node/rehearsal.hpp"
#include "control/config/sqlite_config_store.hpp"
#include "control/telemetry/board_metrics.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/metric_names.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/tell.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace cafnode::node {

namespace {

std::string file_name(const node_options& options) {
  return options.config_file.empty() ? "the built-in configuration" : options.config_file;
}

std::shared_ptr<control::config_store> open_store(const node_options& options, std::string& place,
                                                  std::vector<std::string>& notes) {
  if (!options.state_folder.empty()) {
    auto opened = control::open_sqlite_config_store(options.state_folder);
    if (opened) {
      place = options.state_folder;
      return std::move(opened).value();
    }
    notes.push_back(opened.fault().message + (opened.fault().hint.empty() ? "" : ": " + opened.fault().hint) +
                    "; versions of the configuration are kept in memory only");
  }
  return control::make_memory_config_store();
}

} // namespace

std::optional<std::string> config_text(const node_options& options, std::string& why) {
  if (options.config_file.empty())
    return conf::print_config(conf::load_built_in(), false);
  auto text = conf::read_text_file(options.config_file);
  if (text)
    return std::move(text).value();
  why = options.config_file + " " + text.fault().message;
  return std::nullopt;
}

conf::loaded read_config(const node_options& options, std::string name, std::string text) {
  auto read = conf::load_text(std::move(name), std::move(text));
  add_overrides(read, options);
  return read;
}

opened_config open_config(const node_options& options, const conf::loaded& file, const base::clock_source& clock) {
  opened_config opened;
  std::vector<std::string> notes;
  opened.store = open_store(options, opened.place, notes);
  std::string why;
  const auto text = config_text(options, why).value_or(conf::print_config(file, false));
  const auto read = [&options](std::string name, std::string content) {
    return read_config(options, std::move(name), std::move(content));
  };
  const auto now = base::to_unix_ms(clock.now().wall);
  auto chosen = control::choose_start(*opened.store, file, text, file_name(options), read, now);
  if (!chosen) {
    notes.push_back(chosen.fault() + "; versions of the configuration are kept in memory only");
    opened.store = control::make_memory_config_store();
    opened.place.clear();
    chosen = control::choose_start(*opened.store, file, text, file_name(options), read, now);
  }
  opened.chosen = std::move(chosen).value();
  opened.chosen.notes.insert(opened.chosen.notes.begin(), notes.begin(), notes.end());
  return opened;
}

caf::actor spawn_keeper(const keeper_inputs& inputs) {
  auto* host = inputs.host;
  auto* sight = inputs.sight;
  const auto* options = inputs.options;
  auto start = inputs.opened->chosen.start;
  start.read.config.name = inputs.node; // the host's, where none is configured
  control::config_outside outside;
  outside.depot = inputs.depot;
  outside.board = sight->board;
  outside.store = inputs.opened->store;
  outside.store_place = inputs.opened->place;
  outside.find = [host, sight](const std::string& path) { return find_process(*sight->tree, host->services(), path); };
  outside.read = [options](std::string name, std::string text) {
    return read_config(*options, std::move(name), std::move(text));
  };
  outside.read_file = [options](std::string& why) { return config_text(*options, why); };
  outside.file = options->config_file;
  outside.why_not = [begun = start.read.config](const conf::node_config& wanted) {
    auto lacks = what_lacks(wanted);
    return lacks ? lacks : why_no_start(begun, wanted);
  };
  outside.use = [set_drain = inputs.set_drain, sight](const conf::node_config& wanted) {
    control::renew_board_metrics(sight->metrics, sight->board, *sight->views.clock, wanted);
    observe::set_log_level(static_cast<observe::level>(wanted.log_level));
    set_drain(wanted.drain_timeout);
  };
  outside.show = [sight](std::uint64_t version, bool drifts) {
    sight->metrics.gauge_of(observe::metric::config_version).set(static_cast<double>(version));
    sight->metrics.gauge_of(observe::metric::config_drift).set(drifts ? 1 : 0);
  };
  outside.is_ending = [sight] { return sight->stage->load() == control::node_stage::draining; };
  outside.tell = [sight](const control::config_news& happened) { sight->told->publish(happened); };
  return process::spawn_process<control::config_keeper>(host->system(), &host->aside(), std::move(outside),
                                                        std::move(start));
}

void reread(const caf::actor& keeper) {
  control::config_wish wish;
  wish.what = control::config_question::reread;
  wish.who = "SIGHUP";
  process::tell_anonymous(keeper, std::move(wish));
}

} // namespace cafnode::node
