#include "tests/supervisors/recorded_scripts.hpp"

#include "tests/support/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace cafnode::test {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

std::vector<fs::path> recorded_scripts() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator{fs::path{test::source_tree()} / "tests/supervisors/otp-traces"})
    if (entry.path().extension() == ".json")
      out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> recorded_trace(fs::path script) {
  std::istringstream lines{content(script.replace_extension(".trace"))};
  std::vector<std::string> out;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty())
      out.push_back(line);
  return out;
}

} // namespace cafnode::test
