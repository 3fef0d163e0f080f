#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The commands of cafctl as data, for what goes beyond parsing them: to say what was meant by a mistyped one, and to
/// complete what is being typed. Pure.
namespace cafnode::ctl {

/// An option or a positional argument.
struct argument_word {
  std::vector<std::string> names; // "-o", "--output"; of a positional its placeholder: "PATH"
  std::string about;
  bool takes_value = false;
  bool value_may_miss = false;      // the next word is its value only if it is no option
  std::vector<std::string> choices; // what may stand there; empty: anything
};

struct command_word {
  std::string name;
  std::string about;
  std::vector<argument_word> options;
  std::vector<argument_word> positionals;
  std::vector<command_word> commands; // a group has these, and takes no positionals
};

/// How far the words of a command line lead.
struct grammar_walk {
  std::vector<const command_word*> path;     // from the program's own to the last that was named; never empty
  std::map<std::string, std::string> values; // of options, by their last name; of positionals, by their placeholder
  std::size_t positionals = 0;               // how many were given
  const argument_word* pending = nullptr;    // an option that waits for its value
  bool options_ended = false;                // by "--"
  std::string unknown_command;               // the first word that no command has; nothing behind it was read
  std::string unknown_option;                // the first option that nobody has
};

[[nodiscard]] grammar_walk walk(const command_word& root, std::span<const std::string> words);

/// The option of that name ("-o", "--output") where the walk has come to; null when there is none.
[[nodiscard]] const argument_word* find_option(const grammar_walk& at, std::string_view name);

/// What is wrong with the words, and what to do about it. Both empty when the grammar sees no fault.
struct mistake {
  std::string message;
  std::string hint;
};

[[nodiscard]] mistake find_mistake(const command_word& root, std::span<const std::string> words);

/// The first "--name=" without a value; empty when there is none. CLI11 takes the next word for the value of such a
/// one.
[[nodiscard]] std::string empty_option(std::span<const std::string> words);

} // namespace cafnode::ctl
