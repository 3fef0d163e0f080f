#include "apps/trace/runner.hpp"
#include "tests/supervisors/recorded_scripts.hpp"
#include "tests/supervisors/reference_model.hpp"
#include "tests/supervisors/script_maker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

using namespace cafnode::test;
using cafnode::trace::faults_of;
using cafnode::trace::read_script;
using cafnode::trace::run_script;
using cafnode::trace::trace_script;

namespace {

/// 10,000, or what CAFNODE_RANDOM_SCRIPTS says; with a sanitizer each takes ten times as long.
std::uint64_t script_count() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr std::uint64_t by_default = 1000;
#else
  constexpr std::uint64_t by_default = 10'000;
#endif
  const auto* said = std::getenv("CAFNODE_RANDOM_SCRIPTS");
  return said ? std::strtoull(said, nullptr, 10) : by_default;
}

trace_script script_of(const std::string& source) {
  auto read = read_script(source);
  REQUIRE_MESSAGE(std::holds_alternative<trace_script>(read), source);
  return std::get<trace_script>(std::move(read));
}

std::vector<std::string> without_times(std::vector<std::string> lines) {
  for (auto& line : lines)
    line = line.substr(0, line.rfind(R"(,"at_ms")")) + "}";
  return lines;
}

} // namespace

TEST_CASE("the reference model does what OTP's supervisor did with every recorded script") {
  const auto all = recorded_scripts();
  REQUIRE(all.size() == 181);
  for (const auto& script : all) {
    CAPTURE(script.filename().string());
    const auto modelled = without_times(expected_trace(script_of(content(script))));
    CHECK(first_difference(recorded_trace(script), modelled) == "");
  }
}

TEST_CASE("on random scripts the supervisor does what the reference model says, at the same times") {
  for (std::uint64_t seed = 1; seed <= script_count(); ++seed) {
    CAPTURE(seed);
    const auto source = random_script(seed);
    const auto script = script_of(source);
    REQUIRE(faults_of(script) == "");
    const auto difference = first_difference(expected_trace(script), run_script(script, {.times = true}));
    REQUIRE_MESSAGE(difference.empty(), difference << "\n" << source);
  }
}
