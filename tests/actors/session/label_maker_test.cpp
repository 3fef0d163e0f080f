#include "actors/session/label_maker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using cafnode::session::label_maker;
using cafnode::venues::label_rules;

namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

const std::string longest(32, 'x');

} // namespace

SCENARIO("labels never repeat and stay within what the exchange takes") {
  for (const auto& rules :
       {label_rules{}, label_rules{36, "-_"}, label_rules{36, ".-_"}, label_rules{36, "-"}, label_rules{32, ""}}) {
    std::set<std::string> seen;
    for (const std::string& name : {std::string{"alpha"}, std::string{"alpha-2"}, longest})
      for (const std::int64_t birth : {1'790'000'000'000, 1'790'000'000'001}) {
        label_maker labels{name, birth, rules};
        for (int i = 0; i < 2000; ++i) {
          const auto label = labels.next();
          CHECK(label.size() + 10 <= rules.bytes_max); // what the sequence may still grow by
          CHECK(label.starts_with(labels.head()));
          CHECK(std::all_of(label.begin(), label.end(),
                            [&](char c) { return is_plain(c) || rules.signs.find(c) != std::string_view::npos; }));
          CHECK(seen.insert(label).second);
        }
      }
  }
}

SCENARIO("a label can be read where the exchange takes that") {
  CHECK(label_maker{"alpha", 1'790'000'000'000}.next() == "alpha.1m3250v00.1");
  CHECK(label_maker{"alpha", 1'790'000'000'000, {36, "-_"}}.next() == "alpha_1m3250v00_1");
  CHECK(label_maker{"alpha", 1'790'000'000'000, {32, ""}}.next().find("alpha") == std::string::npos);
}

SCENARIO("the head of one connection's labels is not that of another, and the same in every run") {
  for (const auto& rules : {label_rules{}, label_rules{36, "-_"}, label_rules{36, "-"}, label_rules{32, ""}}) {
    CHECK(label_maker{"alpha", 1, rules}.head() == label_maker{"alpha", 2, rules}.head());
    for (const auto* other : {"alpha-2", "alpha2", "al"})
      CHECK(!label_maker{other, 1, rules}.head().starts_with(label_maker{"alpha", 1, rules}.head()));
  }
}
