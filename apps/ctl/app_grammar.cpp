#include "apps/ctl/app_grammar.hpp"

#include <CLI/CLI.hpp>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::ctl {

namespace {

/// "{table,json}" of an option's type is where CLI11 keeps its choices.
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const auto open = type.find('{'), close = type.find('}');
  std::vector<std::string> out;
  if (open == std::string::npos || close == std::string::npos)
    return out;
  std::istringstream list{type.substr(open + 1, close - open - 1)};
  for (std::string each; std::getline(list, each, ',');)
    out.push_back(each);
  return out;
}

argument_word argument_of(const CLI::Option& option) {
  argument_word out;
  for (const std::string& name : option.get_snames())
    out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames())
    out.names.push_back("--" + name);
  if (option.get_positional())
    out.names = {option.get_single_name()};
  out.about = option.get_description();
  out.takes_value = option.get_items_expected_max() > 0;
  out.value_may_miss = option.get_items_expected_min() == 0;
  out.choices = choices_of(option);
  return out;
}

} // namespace

command_word grammar_of(const CLI::App& app) {
  command_word out{app.get_name(), app.get_description(), {}, {}, {}};
  for (const CLI::Option* each : app.get_options())
    (each->get_positional() ? out.positionals : out.options).push_back(argument_of(*each));
  for (const CLI::App* each : app.get_subcommands({})) {
    command_word below = grammar_of(*each);
    if (!below.name.empty())
      out.commands.push_back(std::move(below));
    else // a group of options
      out.options.insert(out.options.end(), below.options.begin(), below.options.end());
  }
  return out;
}

} // namespace cafnode::ctl
