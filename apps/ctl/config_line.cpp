#include "apps/ctl/config_offline.hpp"
#include "apps/ctl/line.hpp"

#include <CLI/CLI.hpp>

namespace cafnode::ctl {

namespace {

void add_config_order(CLI::App& command, line& said) {
  command.add_option("--index", said.config.index, "Only if this version runs: the plan's")->check(check_sequence);
  command.add_option("-m,--why", said.config.why, "Why, for the history")->check(check_text);
  command
      .add_option("--healthy-within", said.config.healthy_within,
                  "How long interrupted connections may take to be live before all is undone; 0: do not look")
      ->check([](const std::string& text) { return is_zero_span(text) ? "" : check_span(text); })
      ->default_str("30s");
  command.add_flag("--force", said.config.force, "Whatever orders the interrupted connections have");
}

} // namespace

void add_config(CLI::App& app, line& said) {
  CLI::App* config = add_group(app, "config", "The configuration: plan a change, apply it, take it back");
  CLI::App* validate = add(
      *config, "validate", "Say all that is wrong with a file, without a node; ends with 78 when there are errors",
      [](const line& with) { return validate_config(with.config.file, with.chosen.as_json); }, said);
  validate->add_option("FILE", said.config.file, "The YAML file")->required()->check(check_text);
  add_offline(*validate, said);
  CLI::App* schema = add(
      *config, "schema", "Print the JSON Schema of the configuration, for editors",
      [](const line&) { return print_config_schema(); }, said);
  add_offline(*schema, said);
  CLI::App* status = add(
      *config, "status", "What runs, since when, and how the file differs from it",
      [](const line& with) { return show_config(with.chosen); }, said);
  add_watch(*status, said);
  CLI::App* plan = add(
      *config, "plan", "What a file would change on the node, connection by connection; touches nothing",
      [](const line& with) { return plan_config(with.chosen, with.config.file); }, said);
  plan->add_option("FILE", said.config.file, "YAML; - is standard input")->required()->check(check_text);
  CLI::App* apply = add(
      *config, "apply", "Apply a file to the running node; what fails is undone, all of it",
      [](const line& with) { return apply_config(with.chosen, with.config); }, said);
  apply->add_option("FILE", said.config.file, "YAML; - is standard input")->required()->check(check_text);
  apply->add_option("--hash", said.config.hash, "Only if the file is the one that was planned")->check(check_text);
  apply->add_option("--node", said.config.node, "Only if the node has this name")->check(check_text);
  add_config_order(*apply, said);
  CLI::App* rollback = add(
      *config, "rollback", "Apply a version that is kept",
      [](const line& with) { return roll_config_back(with.chosen, with.config); }, said);
  rollback->add_option("VERSION", said.config.version, "Its number")->required()->check(check_sequence);
  add_config_order(*rollback, said);
  add(
      *config, "history", "The versions that are kept",
      [](const line& with) { return show_config_history(with.chosen); }, said);
  CLI::App* show = add(
      *config, "show", "The text of a version",
      [](const line& with) { return print_config_version(with.chosen, with.config.version); }, said);
  show->add_option("VERSION", said.config.version, "Its number; without it the one that runs")->check(check_sequence);
  CLI::App* diff = add(
      *config, "diff", "What differs between two versions",
      [](const line& with) { return diff_config(with.chosen, with.config.version, with.other_version); }, said);
  diff->add_option("FROM", said.config.version, "Its number")->required()->check(check_sequence);
  diff->add_option("TO", said.other_version, "Its number; without it the one that runs")->check(check_sequence);
}

} // namespace cafnode::ctl
