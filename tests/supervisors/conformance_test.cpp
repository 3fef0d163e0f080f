#include "apps/trace/runner.hpp"
#include "tests/supervisors/recorded_scripts.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace cafnode::trace;
using namespace cafnode::test;

std::vector<std::string> ours(const fs::path& script) {
  const auto read = read_script(content(script));
  if (const auto* wrong = std::get_if<std::string>(&read))
    return {"the script cannot be read: " + *wrong};
  return run_script(std::get<trace_script>(read));
}

/// The first line in which the traces differ; nothing when they agree.
std::string difference(const std::vector<std::string>& want, const std::vector<std::string>& got) {
  for (std::size_t i = 0; i < std::max(want.size(), got.size()); ++i) {
    const std::string left = i < want.size() ? want[i] : "(end)";
    const std::string right = i < got.size() ? got[i] : "(end)";
    if (i >= want.size() || i >= got.size() || json::parse(left) != json::parse(right))
      return "line " + std::to_string(i + 1) + ": OTP " + left + "  here " + right;
  }
  return {};
}

} // namespace

TEST_CASE("on every recorded script the supervisor does what OTP's supervisor did") {
  const auto all = recorded_scripts();
  REQUIRE(all.size() == 181);
  for (const auto& script : all) {
    CAPTURE(script.filename().string());
    CHECK(difference(recorded_trace(script), ours(script)) == "");
  }
}
