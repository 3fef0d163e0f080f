#pragma once

#include "apps/ctl/client.hpp"
#include "apps/ctl/grammar.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a shell may offer behind the words that were typed. The scripts know no command: they ask `cafctl __complete`,
/// which reads the same tree as the command line does, and so they never grow old.
namespace cafnode::ctl {

/// One thing that may stand there; `about` may be empty.
struct offer {
  std::string word;
  std::string about;
};

/// What is typed: where the words before it lead, and its beginning.
struct completion_point {
  grammar_walk at;
  std::string word;
  std::string head; // "--output=" of "--output=j": what the shell wants back before each offer
};

/// `words` are those behind the program's name; the last one is being typed, and may be empty.
[[nodiscard]] completion_point point_of(const command_word& root, std::span<const std::string> words);

/// What the grammar has to offer: commands, options, fixed choices.
[[nodiscard]] std::vector<offer> offers_of_grammar(const completion_point& here);

/// The placeholder of what is typed, if only the running node knows its names: "PATH", "NAME", "CONNECTION", "LABEL",
/// "KIND"; empty otherwise.
[[nodiscard]] std::string asked_of_node(const completion_point& here);

/// Whether what is typed is the path of a file.
[[nodiscard]] bool asks_for_file(const completion_point& here);

/// The files and folders whose paths begin with what is typed, in order; hidden ones only if they are asked for. At
/// most 1,000.
[[nodiscard]] std::vector<offer> offers_of_files(const std::string& typed);

/// The node's names for a placeholder; none when it does not answer.
[[nodiscard]] std::vector<offer> offers_of_node(const completion_point& here, const client& node);

/// One line each: the word, a tab, what it is. Offers that do not begin with what is typed are left out.
[[nodiscard]] std::string offer_lines(const completion_point& here, const std::vector<offer>& offers);

/// The script for "bash", "zsh" or "fish".
[[nodiscard]] std::string completion_script(std::string_view shell);

} // namespace cafnode::ctl
