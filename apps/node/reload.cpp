#include "apps/node/reload.hpp"

#include "conf/diff.hpp"
#include "runtime/observe/log.hpp"

namespace cafnode::node {

namespace {

const observe::channel log{"config"};

void report_faults(const std::vector<conf::fault>& faults) {
  for (const auto& fault : faults) {
    const auto fields = {observe::kv("file", fault.file), observe::kv("line", fault.line),
                         observe::kv("path", fault.path), observe::kv("what", fault.message),
                         observe::kv("hint", fault.hint)};
    if (fault.severity == conf::severity::error)
      log.error("the configuration has an error", fields);
    else
      log.warn("the configuration has a weak spot", fields);
  }
}

void apply(conf::node_config& running, const conf::node_config& wanted, const live_settings& settings) {
  if (running.log_level != wanted.log_level)
    settings.set_log_level(wanted.log_level);
  if (running.drain_timeout != wanted.drain_timeout)
    settings.set_drain_timeout(wanted.drain_timeout);
  running.log_level = wanted.log_level;
  running.drain_timeout = wanted.drain_timeout;
}

} // namespace

bool reload(conf::node_config& running, const node_options& options, const live_settings& settings) {
  const auto read = load(options);
  report_faults(read.faults);
  if (!read.usable()) {
    log.error("the configuration was read again and refused: the node goes on with the one it has");
    return false;
  }
  auto wanted = read.config;
  if (wanted.name.empty())
    wanted.name = running.name; // the host's, which the node has taken
  const auto changes = conf::diff(running, wanted);
  for (const auto& change : changes) {
    if (change.effect == conf::apply_effect::live)
      log.info("a changed setting is applied", {observe::kv("change", conf::format_change(change))});
    else
      log.warn("a changed setting needs a restart of the node: not applied",
               {observe::kv("change", conf::format_change(change))});
  }
  if (changes.empty())
    log.info("the configuration was read again: nothing has changed");
  apply(running, wanted, settings);
  return true;
}

} // namespace cafnode::node
