#include "bench/supervise_bench.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

using namespace cafnode::bench;

namespace {

const bench_case& find(const report& all, std::string_view name) {
  const auto found = std::ranges::find(all.cases, name, &bench_case::name);
  REQUIRE_MESSAGE(found != all.cases.end(), std::string{name});
  return *found;
}

/// Each of `names` is there and above 0.
void check_positive(const figures& all, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    CAPTURE(name);
    REQUIRE(find_figure(all, name));
    CHECK(*find_figure(all, name) > 0);
  }
}

} // namespace

SCENARIO("a quick run has every case with every figure, for us and for bare CAF") {
  const auto all = run_supervise(quick_options());
  for (const std::string where : {"home", "scheduler"})
    for (const std::string strategy : {"one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"}) {
      const auto& restart = find(all, "restart " + strategy + " " + where);
      for (const auto* figures : {&restart.ours, &restart.peers.at(0).second}) {
        check_positive(*figures, {"p50_us", "p99_us", "sustained_p50_us", "sustained_p99_us", "restarts_per_s"});
        CHECK(*find_figure(*figures, "p50_us") <= *find_figure(*figures, "p99_us"));
        CHECK(*find_figure(*figures, "p99_us") <= *find_figure(*figures, "max_us"));
        // One after the other: so many a second cannot each take longer than that.
        CHECK(*find_figure(*figures, "restarts_per_s") * *find_figure(*figures, "sustained_p50_us") < 2e6);
      }
    }
  check_positive(find(all, "spawn").ours, {"p50_us", "p99_us"});
  for (const std::string strategy : {"one_for_one", "simple_one_for_one"}) {
    const auto& children = find(all, "children " + strategy + " 1000");
    check_positive(children.ours, {"start_ms", "stop_ms", "start_ns", "stop_ns", "start_growth", "stop_growth"});
    check_positive(children.peers.at(0).second, {"start_ns", "stop_ns"});
  }
  for (const std::string how : {"one after the other crashes", "all crash at once"})
    check_positive(find(all, "ask while " + how).ours, {"p50_us", "p99_us", "asks"});
  CHECK(all.notes.empty());
}

SCENARIO("only what is asked for is run, and an unknown name is refused") {
  auto options = quick_options();
  options.cases = {"restart"};
  options.strategies = {"rest_for_one"};
  options.places = {"home"};
  options.bare = false;
  const auto one = run_supervise(options);
  REQUIRE(one.cases.size() == 1);
  CHECK(one.cases[0].name == "restart rest_for_one home");
  CHECK(one.cases[0].peers.empty());
  options.cases = {"restarts"};
  CHECK_THROWS_AS(static_cast<void>(run_supervise(options)), std::runtime_error);
  options.cases = {"restart"};
  options.strategies = {"one_for_none"};
  CHECK_THROWS_AS(static_cast<void>(run_supervise(options)), std::runtime_error);
}

SCENARIO("OTP that cannot take part is named, and the others run") {
  auto options = quick_options();
  options.cases = {"spawn"};
  options.otp = true;
  options.otp_source = "no/such/program.erl";
  const auto all = run_supervise(options);
  REQUIRE(all.notes.size() == 1);
  CHECK(all.notes[0].find("otp skipped: no no/such/program.erl") == 0);
  CHECK(find(all, "spawn").peers.size() == 1);
}
