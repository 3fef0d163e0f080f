#include "apps/ctl/table.hpp"

#include <doctest/doctest.h>

using namespace cafnode::ctl;

SCENARIO("columns are as wide as their widest cell, numbers to the right, no trailing space") {
  table rows{{{"NAME"}, {"COUNT", align::right}, {"NOTE"}}};
  rows.add({{"alpha"}, {"7"}, {""}});
  rows.add({{"東京"}, {"12345"}, {"far"}});
  CHECK(rows.text({}) == "NAME   COUNT  NOTE\n"
                         "alpha      7\n"
                         "東京   12345  far\n");
}

SCENARIO("the last column ends at the edge of the terminal") {
  table rows{{{"NAME"}, {"NOTE"}}};
  rows.add({{"alpha"}, {"a long story"}});
  CHECK(rows.text({false, false, 14}) == "NAME   NOTE\n"
                                         "alpha  a long~\n");
}

SCENARIO("columns give way by importance, and a line names those that did") {
  table rows{{{"NAME"}, {"COUNT", align::right, 10}, {"KIND", align::left, 20}, {"STATE"}}};
  rows.add({{"alpha"}, {"7"}, {"x"}, {"closed"}});
  CHECK(rows.text({false, false, 26}) == "NAME   COUNT  KIND  STATE\n"
                                         "alpha      7  x     closed\n");
  CHECK(rows.text({false, false, 25}) == "NAME   KIND  STATE\n"
                                         "alpha  x     closed\n"
                                         "no room for COUNT; -o\nwide shows all\n");
  CHECK(rows.text({false, false, 16}).starts_with("NAME   STATE\n"));
  CHECK(rows.text({false, false, 16, true}) == rows.text({}));
}

SCENARIO("a long text is cut before a column has to go, and gets what room is left") {
  table rows{{{"NAME"}, {"COUNT", align::right, 10}, {"WHY", align::left, essential, 6}}};
  rows.add({{"alpha"}, {"7"}, {"a long story"}});
  CHECK(rows.text({false, false, 22}) == "NAME   COUNT  WHY\n"
                                         "alpha      7  a long ~\n");
  CHECK(rows.text({false, false, 18}) == "NAME   WHY\n"
                                         "alpha  a long sto~\n"
                                         "no room for COUNT;\n-o wide shows all\n");
}

SCENARIO("colours do not change the width of a column") {
  table rows{{{"A"}, {"B"}}};
  rows.add({{"x", tint::good}, {"y"}});
  CHECK(rows.text({true, false, 0}) == "\x1b[2mA\x1b[0m  \x1b[2mB\x1b[0m\n\x1b[32mx\x1b[0m  y\n");
}

SCENARIO("branches lead from each node to its parent") {
  const std::vector<std::size_t> depths{0, 1, 2, 2, 1, 2, 0};
  CHECK(branches(depths, {false, true, 0}) ==
        std::vector<std::string>{"", "├─ ", "│  ├─ ", "│  └─ ", "└─ ", "   └─ ", ""});
  CHECK(branches(depths, {}) == std::vector<std::string>{"", "|- ", "|  |- ", "|  `- ", "`- ", "   `- ", ""});
  CHECK(branches({}, {}).empty());
  CHECK(branches({3, 1}, {}).size() == 2);
}
