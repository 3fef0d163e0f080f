#include "apps/ctl/grammar.hpp"
#include "apps/ctl/words.hpp"

#include <doctest/doctest.h>

using namespace cafnode::ctl;

namespace {

using words = std::vector<std::string>;

const words known{"status", "sup", "conn", "event", "order", "ls"};

const command_word grammar{
    "prog",
    "",
    {{{"-o", "--output"}, "", true, false, {"table", "json"}}, {{"-w", "--watch"}, "", true, true, {}}},
    {},
    {{"conn",
      "",
      {},
      {},
      {{"ls", "", {}, {}, {}},
       {"show", "", {{{"--all"}, "", false, false, {}}}, {{{"NAME"}, "", true, false, {}}}, {}}}}}};

} // namespace

SCENARIO("a word is near when a letter is missing, too many, wrong or swapped") {
  CHECK(edit_distance("status", "staus") == 1);
  CHECK(edit_distance("sttaus", "status") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
  for (const auto& [typed, meant] : std::vector<std::pair<std::string, std::string>>{
           {"staus", "status"}, {"connections", "conn"}, {"cnon", "conn"}, {"evnts", "event"}, {"list", "ls"}}) {
    REQUIRE_MESSAGE(!meant_by(typed, known).empty(), typed);
    CHECK(meant_by(typed, known).front() == meant);
  }
  for (const auto& typed : words{"", "frobnicate", "x", std::string(100'000, 's')})
    CHECK(meant_by(typed, known).empty());
  CHECK(listed(words{"a", "b", "c"}) == "'a', 'b' or 'c'");
}

SCENARIO("a walk tells commands, options and their values apart") {
  const auto at = walk(grammar, words{"-ojson", "conn", "--watch", "show", "--all", "alpha"});
  CHECK(at.values.at("--output") == "json");
  CHECK(at.values.at("--watch") == "show"); // as the parser does
  const auto plain = walk(grammar, words{"conn", "show", "--output=json", "--all", "--", "-alpha"});
  CHECK(plain.path.back()->name == "show");
  CHECK(plain.values.at("NAME") == "-alpha");
  CHECK(plain.unknown_option.empty());
  CHECK(walk(grammar, words{"conn", "-o"}).pending != nullptr);
  CHECK(walk(grammar, words{"conn", "lss", "--more"}).unknown_command == "lss");
}

SCENARIO("the first mistake is told, with its cure") {
  CHECK(find_mistake(grammar, words{"con"}).hint == "did you mean 'conn'?");
  CHECK(find_mistake(grammar, words{"ls"}).hint == "did you mean 'conn ls'?");
  CHECK(find_mistake(grammar, words{"conn", "show", "--al"}).hint == "did you mean '--all'?");
  CHECK(find_mistake(grammar, words{"qqqqqqqq"}).hint == "prog --help lists them");
  CHECK(find_mistake(grammar, words{}).message == "prog needs a command");
  CHECK(find_mistake(grammar, words{"conn", "show", "a"}).message.empty());
}
