#include "apps/ctl/grammar.hpp"

#include "apps/ctl/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::ctl {

namespace {

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-';
}

const command_word* find_command(const command_word& group, std::string_view name) {
  const auto found = std::find_if(group.commands.begin(), group.commands.end(),
                                  [name](const command_word& each) { return each.name == name; });
  return found == group.commands.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const command_word& group) {
  std::vector<std::string> names;
  for (const command_word& each : group.commands)
    names.push_back(each.name);
  return names;
}

/// What has to be typed for the commands below `group`, each with the words that lead to it.
void collect_leaves(const command_word& group, const std::string& head, std::vector<std::string>& out) {
  for (const command_word& each : group.commands) {
    const std::string whole = head.empty() ? each.name : head + " " + each.name;
    if (each.commands.empty())
      out.push_back(whole);
    collect_leaves(each, whole, out);
  }
}

std::string words_to(const grammar_walk& at) {
  std::string out;
  for (const command_word* each : at.path)
    out += (out.empty() ? "" : " ") + each->name;
  return out;
}

/// Takes an option and, if it stands in the next word, its value.
void take_option(grammar_walk& at, std::span<const std::string> words, std::size_t& place) {
  const std::string& word = words[place];
  const bool is_long = word.starts_with("--");
  const auto equals = is_long ? word.find('=') : std::string::npos;
  const std::string name = is_long ? word.substr(0, equals) : word.substr(0, 2);
  const argument_word* option = find_option(at, name);
  if (option == nullptr) {
    if (at.unknown_option.empty())
      at.unknown_option = is_long ? name : word;
    return;
  }
  const bool has_inline = equals != std::string::npos || (!is_long && word.size() > 2);
  if (!option->takes_value)
    return;
  if (has_inline) {
    at.values[option->names.back()] = word.substr(is_long ? equals + 1 : 2);
  } else if (place + 1 == words.size()) {
    at.pending = option;
  } else if (!option->value_may_miss || !looks_like_option(words[place + 1])) {
    at.values[option->names.back()] = words[++place];
  }
}

void take_word(grammar_walk& at, const std::string& word) {
  const command_word& here = *at.path.back();
  if (here.commands.empty()) {
    if (at.positionals < here.positionals.size())
      at.values[here.positionals[at.positionals].names.front()] = word;
    ++at.positionals;
  } else if (const command_word* below = find_command(here, word)) {
    at.path.push_back(below);
  } else {
    at.unknown_command = word;
  }
}

mistake unknown_command(const command_word& root, const grammar_walk& at) {
  const command_word& group = *at.path.back();
  const std::string where = words_to(at);
  auto near = meant_by(at.unknown_command, names_of(group));
  std::string meant = near.empty() ? "" : listed(near);
  if (near.empty()) { // right in its last word, but in another group or in none
    std::vector<std::string> leaves;
    collect_leaves(root, "", leaves);
    std::erase_if(leaves, [&at](const std::string& leaf) {
      return meant_by(at.unknown_command, std::vector{leaf.substr(leaf.rfind(' ') + 1)}).empty();
    });
    meant = listed(leaves);
  }
  return {fmt::format("'{}' is no command of {}", at.unknown_command, where),
          meant.empty() ? fmt::format("{} --help lists them", where) : fmt::format("did you mean {}?", meant)};
}

mistake unknown_option(const grammar_walk& at) {
  std::vector<std::string> names;
  for (const command_word* command : at.path)
    for (const argument_word& option : command->options)
      for (const std::string& name : option.names)
        if (name.starts_with("--"))
          names.push_back(name);
  const auto near = meant_by(at.unknown_option, names);
  const std::string where = words_to(at);
  return {fmt::format("'{}' is no option of {}", at.unknown_option, where),
          near.empty() ? fmt::format("{} --help lists them", where) : fmt::format("did you mean {}?", listed(near))};
}

} // namespace

const argument_word* find_option(const grammar_walk& at, std::string_view name) {
  for (auto command = at.path.rbegin(); command != at.path.rend(); ++command)
    for (const argument_word& option : (*command)->options)
      if (std::find(option.names.begin(), option.names.end(), name) != option.names.end())
        return &option;
  return nullptr;
}

grammar_walk walk(const command_word& root, std::span<const std::string> words) {
  grammar_walk at;
  at.path.push_back(&root);
  for (std::size_t place = 0; place < words.size() && at.unknown_command.empty(); ++place) {
    if (!at.options_ended && words[place] == "--")
      at.options_ended = true;
    else if (!at.options_ended && looks_like_option(words[place]))
      take_option(at, words, place);
    else
      take_word(at, words[place]);
  }
  return at;
}

mistake find_mistake(const command_word& root, std::span<const std::string> words) {
  const grammar_walk at = walk(root, words);
  if (!at.unknown_command.empty())
    return unknown_command(root, at);
  if (!at.unknown_option.empty())
    return unknown_option(at);
  const command_word& last = *at.path.back();
  if (!last.commands.empty())
    return {fmt::format("{} needs a command", words_to(at)), "one of " + listed(names_of(last))};
  return {};
}

std::string empty_option(std::span<const std::string> words) {
  const auto found = std::find_if(words.begin(), words.end(), [](const std::string& word) {
    return word.starts_with("--") && word.size() > 3 && word.find('=') == word.size() - 1;
  });
  return found == words.end() ? std::string{} : *found;
}

} // namespace cafnode::ctl
