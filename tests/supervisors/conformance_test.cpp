#include "apps/trace_runner.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace cafnode::trace;

std::string content(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

std::vector<fs::path> scripts() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator{fs::path{CAFNODE_SOURCE_DIR} / "tests/supervisors/otp-traces"})
    if (entry.path().extension() == ".json")
      out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> recorded(fs::path script) {
  std::istringstream lines{content(script.replace_extension(".trace"))};
  std::vector<std::string> out;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty())
      out.push_back(line);
  return out;
}

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
  const auto all = scripts();
  REQUIRE(all.size() == 181);
  for (const auto& script : all) {
    CAPTURE(script.filename().string());
    CHECK(difference(recorded(script), ours(script)) == "");
  }
}
