#include "apps/ctl/completion.hpp"

#include "apps/ctl/views.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cafnode::ctl {

namespace {

constexpr std::size_t offers_max = 1'000;

/// The argument that is being typed; null when it is a command or an option.
const argument_word* argument_at(const completion_point& here) {
  if (here.at.pending != nullptr)
    return here.at.pending;
  const command_word& last = *here.at.path.back();
  const bool is_option = !here.at.options_ended && here.word.starts_with('-');
  if (is_option || !last.commands.empty() || here.at.positionals >= last.positionals.size())
    return nullptr;
  return &last.positionals[here.at.positionals];
}

std::string value_of(const completion_point& here, const std::string& name) {
  const auto found = here.at.values.find(name);
  return found == here.at.values.end() ? std::string{} : found->second;
}

std::vector<offer> options_of(const completion_point& here) {
  std::vector<offer> out;
  for (auto command = here.at.path.rbegin(); command != here.at.path.rend(); ++command)
    for (const argument_word& option : (*command)->options)
      for (const std::string& name : option.names)
        if (name.starts_with("--"))
          out.push_back({name, option.about});
  return out;
}

/// The words at `pointer` of each row of a list.
std::vector<offer> words_in(const answer& document, std::string_view list, std::string_view word,
                            std::string_view about) {
  std::vector<offer> out;
  if (!document)
    return out;
  for (const value& row : list_at(document.value(), list)) {
    if (out.size() == offers_max)
      break;
    const std::string text = word.empty() ? text_at(row, "") : text_at(row, word);
    if (text != "-")
      out.push_back({text, about.empty() ? std::string{} : text_at(row, about)});
  }
  return out;
}

std::vector<offer> paths_below(const completion_point& here, const client& node) {
  const std::string above = here.word.substr(0, here.word.rfind('/') == std::string::npos ? 0 : here.word.rfind('/'));
  const std::string part = above.empty() ? above : "&path=" + percent_encoded(above);
  return words_in(node.get(fmt::format("/api/v1/tree?limit={}{}", offers_max, part)), "/rows", "/path", "/state");
}

} // namespace

completion_point point_of(const command_word& root, std::span<const std::string> words) {
  const std::string typed = words.empty() ? std::string{} : words.back();
  completion_point here{walk(root, words.first(words.empty() ? 0 : words.size() - 1)), typed, {}};
  const auto equals = typed.find('=');
  if (here.at.pending != nullptr || !typed.starts_with("--") || equals == std::string::npos)
    return here;
  here.head = typed.substr(0, equals + 1);
  here.word = typed.substr(equals + 1);
  here.at.pending = find_option(here.at, typed.substr(0, equals));
  return here;
}

std::vector<offer> offers_of_grammar(const completion_point& here) {
  std::vector<offer> out;
  if (!here.at.unknown_command.empty())
    return out;
  if (const argument_word* typed = argument_at(here)) {
    for (const std::string& choice : typed->choices)
      out.push_back({choice, {}});
    return out;
  }
  if (here.word.starts_with('-') && !here.at.options_ended)
    return options_of(here);
  for (const command_word& each : here.at.path.back()->commands)
    out.push_back({each.name, each.about});
  return out;
}

std::string asked_of_node(const completion_point& here) {
  constexpr std::array<std::string_view, 6> known{"PATH", "NAME", "CONNECTION", "LABEL", "KIND", "INSTRUMENT"};
  const argument_word* typed = argument_at(here);
  if (typed == nullptr || !typed->choices.empty() || !here.at.unknown_command.empty())
    return {};
  const std::string& name = typed->names.back();
  if (name == "--after")
    return "PATH";
  if (name == "--kind")
    return "KIND";
  if (name == "--instrument")
    return "INSTRUMENT";
  return std::find(known.begin(), known.end(), name) == known.end() ? std::string{} : name;
}

bool asks_for_file(const completion_point& here) {
  const argument_word* typed = argument_at(here);
  return typed != nullptr && here.at.unknown_command.empty() &&
         (typed->names.back() == "FILE" || typed->names.back().ends_with("-file"));
}

std::vector<offer> offers_of_node(const completion_point& here, const client& node) {
  const std::string what = asked_of_node(here);
  const std::string limit = fmt::format("limit={}", offers_max);
  if (what == "PATH")
    return paths_below(here, node);
  if (what == "NAME" || what == "CONNECTION")
    return words_in(node.get("/api/v1/connections?" + limit), "/connections", "/name", "/phase");
  if (what == "KIND")
    return words_in(node.get("/api/v1/events/kinds"), "/kinds", "", "");
  if (what != "LABEL" && what != "INSTRUMENT")
    return {};
  std::string target = "/api/v1/orders?state=live&" + limit;
  if (const std::string connection = value_of(here, "CONNECTION"); !connection.empty())
    target += "&connection=" + percent_encoded(connection);
  return words_in(node.get(target), "/orders", what == "LABEL" ? "/label" : "/instrument",
                  what == "LABEL" ? "/instrument" : "");
}

std::string offer_lines(const completion_point& here, const std::vector<offer>& offers) {
  std::string out;
  std::vector<std::string_view> said;
  for (const offer& each : offers) {
    const bool is_new = std::find(said.begin(), said.end(), each.word) == said.end();
    if (!each.word.starts_with(here.word) || !is_new)
      continue;
    said.push_back(each.word);
    out += here.head + each.word + (each.about.empty() ? "" : "\t" + each.about) + "\n";
  }
  return out;
}

std::string completion_script(std::string_view shell) {
  if (shell == "bash")
    return R"(# Completion of cafctl for bash: source <(cafctl completion bash)
_cafctl() {
  local line=${COMP_LINE:0:COMP_POINT} word cut
  local -a words
  read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=${words[${#words[@]}-1]}
  mapfile -t COMPREPLY < <("${words[0]}" __complete "${words[@]:1}" 2> /dev/null | cut -f 1)
  # bash itself ends words at these, and wants only what comes behind the last one.
  cut=${word%"${word##*[=:]}"}
  COMPREPLY=("${COMPREPLY[@]#"$cut"}")
}
complete -F _cafctl cafctl
)";
  if (shell == "zsh")
    return R"(#compdef cafctl
# Completion of cafctl for zsh: source <(cafctl completion zsh)
_cafctl() {
  local -a offers
  local line word
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2> /dev/null)}"; do
    word=${line%%$'\t'*}
    [[ -n $word ]] || continue
    word=${word//:/\\:}
    [[ $line == *$'\t'* ]] && word+=":${line#*$'\t'}"
    offers+=("$word")
  done
  _describe -t values cafctl offers
}
compdef _cafctl cafctl
)";
  if (shell == "fish")
    return R"(# Completion of cafctl for fish: cafctl completion fish | source
function __cafctl_offers
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete $words[2..-1] 2> /dev/null
end
complete -c cafctl -f -a '(__cafctl_offers)'
)";
  return {};
}

} // namespace cafnode::ctl
