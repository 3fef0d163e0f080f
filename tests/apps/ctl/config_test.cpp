#include "conf/schema.hpp"
#include "tests/apps/program_run.hpp"
#include "tests/support/source_tree.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using cafnode::test::program_run;
using cafnode::test::run_program;
namespace fs = std::filesystem;

namespace {

/// Without a node anywhere: neither HOME nor a folder for sockets is in its environment.
program_run cafctl(std::vector<std::string> words) {
  words.insert(words.begin(), CAFNODE_CAFCTL);
  return run_program(words, {"CAF_ADDR=/nonexistent.sock"});
}

struct folder {
  folder() {
    auto name = (fs::temp_directory_path() / "ctl-config-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }

  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  ~folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{path / name} << text;
    return (path / name).string();
  }

  fs::path path;
};

const std::string header = "apiVersion: caf-node/v1\nkind: Node\n";
const std::string exchange = "exchanges:\n"
                             "  - {name: deribit, venue: deribit, url: {host: example.org, port: 443, tls: true},\n"
                             "     auth: {method: none}, connections: [{name: alpha}]}\n";

} // namespace

SCENARIO("a good file is said to be good, without a node") {
  const auto file = cafnode::test::source_tree() + "/conf/node.yaml";
  const auto run = cafctl({"config", "validate", file});
  CHECK(run.status == 0);
  CHECK(run.out == file + ": ok\n");
  CHECK(run.err.empty());
  CHECK(cafctl({"config", "validate", file, "-o", "json"}).out == "[]\n");
}

SCENARIO("all that is wrong with a file is told at its place, with what was meant, and the exit code is 78") {
  const folder at;
  const auto file = at.write("node.yaml", header + "drain_timeuot: 10s\nlog: {level: loud}\n" + exchange);
  const auto run = cafctl({"config", "validate", file});
  CHECK(run.status == 78);
  CHECK(run.out.find(file + ":3:1: error: unknown key 'drain_timeuot'") != std::string::npos);
  CHECK(run.out.find("did you mean 'drain_timeout'?") != std::string::npos);
  CHECK(run.out.find(file + ":4:14: error: log.level is none of") != std::string::npos);
  CHECK(run.out.find("2 errors") != std::string::npos);
  CHECK(run.out.find(": ok") == std::string::npos);

  const auto for_programs = cafctl({"config", "validate", file, "-o", "json"});
  CHECK(for_programs.status == 78);
  const auto faults = boost::json::parse(for_programs.out);
  REQUIRE(faults.as_array().size() == 2);
  CHECK(faults.at(0).at("line") == 3);
  CHECK(faults.at(0).at("code") == "unknown_key");
  CHECK(faults.at(0).at("hint") == "did you mean 'drain_timeout'?");
  CHECK(faults.at(1).at("path") == "log.level");
}

SCENARIO("warnings alone do not make a file bad") {
  const folder at;
  auto plain = exchange;
  plain.replace(plain.find("tls: true"), 9, "tls: false");
  const auto file = at.write("node.yaml", header + plain);
  const auto run = cafctl({"config", "validate", file});
  CHECK(run.status == 0);
  CHECK(run.out.find("1 warning") != std::string::npos);
  CHECK(run.out.find(file + ": ok\n") != std::string::npos);
  CHECK(cafctl({"config", "validate", file, "-o", "json"}).out.find(R"("severity":"warning")") != std::string::npos);
}

SCENARIO("a file that cannot be read is told as a fault of its own") {
  const auto missing = cafctl({"config", "validate", "/nonexistent.yaml"});
  CHECK(missing.status == 78);
  CHECK(missing.out.find("/nonexistent.yaml: error: cannot be opened: No such file or directory") != std::string::npos);
  CHECK(cafctl({"config", "validate", "/tmp"}).status == 78);
  CHECK(cafctl({"config", "validate"}).status == 2);
  CHECK(cafctl({"config", "validate", ""}).status == 2);
}

SCENARIO("the schema is printed without a node") {
  const auto run = cafctl({"config", "schema"});
  CHECK(run.status == 0);
  CHECK(run.out == cafnode::conf::schema_to_json());
}

SCENARIO("files are offered where a file may be typed") {
  const folder at;
  at.write("node.yaml", "");
  at.write("other", "");
  at.write(".hidden", "");
  fs::create_directory(at.path / "nested");
  const auto offers = [&at](const std::string& typed) {
    return cafctl({"__complete", "config", "validate", at.path.string() + typed}).out;
  };
  const auto folder = at.path.string() + "/";
  CHECK(offers("/") == folder + "nested/\n" + folder + "node.yaml\n" + folder + "other\n");
  CHECK(offers("/node") == folder + "node.yaml\n");
  CHECK(offers("/.h") == folder + ".hidden\n");
  CHECK(offers("/nowhere/").empty());
  CHECK(cafctl({"__complete", "--token-file", folder + "ot"}).out == folder + "other\n");
}
