#include "sim/audit_file.hpp"
#include "tests/sim/socket_bench.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace cafnode::sim;

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

} // namespace

SCENARIO("a ping is no request, and costs nothing") {
  socket_bench bench;
  auto client = bench.connect();
  client->ping("there?");
  CHECK(client->call("public/test").contains("result"));
}

SCENARIO("what was recorded is in the file when the log has gone, behind what was there") {
  const auto path = std::filesystem::temp_directory_path() / ("sim_audit_" + std::to_string(::getpid()) + ".jsonl");
  std::filesystem::remove(path);
  for (const auto* line : {"one\n", "two\n"}) {
    auto file = audit_file::open(path);
    REQUIRE(file);
    file.value()->append(line);
    CHECK(file.value()->lines_lost() == 0);
  }
  CHECK(text_of(path) == "one\ntwo\n");
  std::filesystem::remove(path);
}

SCENARIO("an audit log that cannot be written is refused by its name") {
  const auto file = audit_file::open("/no/such/folder/audit.jsonl");
  REQUIRE_FALSE(file);
  CHECK(file.fault() == "cannot write the audit log '/no/such/folder/audit.jsonl': No such file or directory");
}
