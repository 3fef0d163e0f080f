#include "conf/loader.hpp"
#include "tests/support/source_tree.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace cafnode::conf;
namespace fs = std::filesystem;

namespace {

std::string content_of(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

} // namespace

// Each bad/NAME.yaml has its messages in bad/NAME.expected. With CAFNODE_WRITE_EXPECTED set they are written anew: read
// the difference before it is committed.
SCENARIO("every bad file gets exactly the messages that were agreed on") {
  const bool write = std::getenv("CAFNODE_WRITE_EXPECTED") != nullptr;
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator{fs::path{cafnode::test::source_tree()} / "tests/conf/bad"}) {
    if (entry.path().extension() != ".yaml")
      continue;
    const auto name = entry.path().filename().string();
    const auto outcome = load_text(name, content_of(entry.path()));
    auto expected = entry.path();
    expected.replace_extension(".expected");
    if (write)
      std::ofstream{expected, std::ios::binary} << format_faults(outcome.faults);
    CAPTURE(name);
    CHECK_FALSE(outcome.usable());
    CHECK(format_faults(outcome.faults) == content_of(expected));
    ++count;
  }
  CHECK(count >= 8);
}

SCENARIO("faults are JSON that any reader takes, with every field") {
  const auto outcome = load_text("a \"b\".yaml", "\"q\\\"uote\": 1\n");
  const auto text = faults_to_json(outcome.faults);
  CHECK(text.starts_with(
      R"([{"file":"a \"b\".yaml","line":1,"column":1,"path":"apiVersion","severity":"error",)"
      R"("code":"wrong_version","message":"apiVersion is missing","hint":"write 'apiVersion: caf-node/v1'",)"
      R"("excerpt":"******** ********","caret":1,"width":8})"));
  CHECK(text.find(R"("message":"unknown key 'q\"uote'")") != std::string::npos);
  CHECK(faults_to_json({}) == "[]");
}

SCENARIO("a hostile file cannot make the report large or steer the terminal") {
  std::string text = "apiVersion: caf-node/v1\nkind: Node\n\"\\e[31m" + std::string(900, 'x') + "\":\n";
  for (int i = 0; i < 60; ++i)
    text += "  \"\\x9b1m\": " + std::string(200, 'y') + "\n";
  const auto faults = load_text("f.yaml", text).faults;
  REQUIRE(faults.size() > 50);
  const auto report = format_faults(faults) + faults_to_json(faults);
  CHECK(report.size() < 60'000);
  CHECK(report.find('\x1b') == std::string::npos);
  CHECK(report.find("\xc2\x9b") == std::string::npos);
  const auto raw = format_faults(load_text("f.yaml", "a: \x1b[31m\xff\n").faults);
  CHECK(raw.find('\x1b') == std::string::npos);
  CHECK(raw.find("[31m") == std::string::npos);
}

SCENARIO("a long line is shown around the fault only") {
  fault found;
  found.file = "f";
  found.line = 1;
  found.column = 501;
  found.width = 3;
  found.message = "m";
  found.excerpt = std::string(500, 'a') + "bcd" + std::string(500, 'e');
  const auto shown = format_fault(found);
  CHECK(shown.size() < 300);
  const auto line = shown.find("bcd") - shown.find(" | ");
  const auto caret = shown.find("^~~") - shown.rfind(" | ");
  CHECK(line == caret);
}

SCENARIO("the caret stands below the fault behind letters of more than one byte") {
  fault found;
  found.file = "f";
  found.line = 1;
  found.column = 6; // behind two letters of two bytes each and a space
  found.width = 2;
  found.message = "m";
  found.excerpt = "\xc3\xa9\xc3\xa9 xy";
  CHECK(format_fault(found) == "f:1:6: error: m\n    1 | \xc3\xa9\xc3\xa9 xy\n      |    ^~");
}
