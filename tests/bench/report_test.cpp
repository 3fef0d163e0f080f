#include "bench/report.hpp"

#include <doctest/doctest.h>

using namespace cafnode::bench;

namespace {

report one_case() {
  report out{"supervise", {}, {"otp skipped: no erl"}};
  out.cases.push_back({"restart",
                       {{"p50_us", 4}, {"bytes", 1600}},
                       {{"caf", {{"p50_us", 1.5}}}},
                       {{"p50_us", "p50"}},
                       {{"caf", "p50", 2}, {"", "bytes", 1500}}});
  return out;
}

} // namespace

SCENARIO("an aim stands beside its figure, and a miss is said") {
  const auto table = to_table(one_case());
  CHECK(table.find("p50 2.67 (aim 2, missed)") != std::string::npos);
  CHECK(table.find("bytes 1600.00 (aim 1.5e+03, missed)") != std::string::npos);
  CHECK(table.find("p50_us 4.00  ") != std::string::npos);
  CHECK(table.find("supervise: otp skipped: no erl\n") != std::string::npos);
}

SCENARIO("JSON has figures, ratios, aims and notes") {
  CHECK(to_json(one_case()) ==
        R"({"bench":"supervise","cases":[{"case":"restart","ours":{"p50_us":4.000,"bytes":1600.000},)"
        R"("peers":{"caf":{"p50_us":1.500}},"ratio":{"caf":{"p50":2.667}},)"
        R"("aim":{"ours":{"bytes":1500.000},"caf":{"p50":2.000}}}],"notes":["otp skipped: no erl"]})");
}
