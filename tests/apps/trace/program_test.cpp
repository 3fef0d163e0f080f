#include "tests/apps/program_run.hpp"
#include "tests/support/source_tree.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

using cafnode::test::program_run;
using cafnode::test::run_program;

namespace {

namespace fs = std::filesystem;

program_run sup_trace(std::vector<std::string> words) {
  words.insert(words.begin(), CAFNODE_SUP_TRACE);
  return run_program(words);
}

/// A file that holds `script` for as long as this lives.
class script_file {
public:
  explicit script_file(const std::string& script)
      : path_{fs::temp_directory_path() / ("cafnode_script_" + std::to_string(::getpid()) + ".json")} {
    std::ofstream{path_} << script;
  }

  ~script_file() { fs::remove(path_); }

  script_file(const script_file&) = delete;
  script_file& operator=(const script_file&) = delete;

  [[nodiscard]] std::string name() const { return path_.string(); }

private:
  fs::path path_;
};

constexpr auto sound_root = R"({"id":"root","strategy":"one_for_one","children":[{"id":"a"}]})";

std::string script_with(const std::string& root, const std::string& steps) {
  return R"({"root":)" + root + R"(,"steps":[)" + steps + "]}";
}

} // namespace

SCENARIO("sup-trace prints what OTP did with a recorded script, and ends with 0") {
  const auto script = fs::path{cafnode::test::source_tree()} / "tests/supervisors/otp-traces/one-for-all-crash-middle";
  std::ostringstream recorded;
  recorded << std::ifstream{script.string() + ".trace"}.rdbuf();
  const auto run = sup_trace({script.string() + ".json"});
  CHECK(run.status == 0);
  CHECK(run.out == recorded.str());
  CHECK(run.err.empty());
}

SCENARIO("sup-trace --help says how it is called") {
  const auto run = sup_trace({"--help"});
  CHECK(run.status == 0);
  CHECK(run.out.find("SCRIPT") != std::string::npos);
}

SCENARIO("a script that is missing or makes no sense ends sup-trace with 2, and it says what is wrong") {
  struct sample {
    std::string script;
    std::string said;
  };

  const auto* twins = R"({"id":"root","strategy":"one_for_one","children":[{"id":"a"},{"id":"a"}]})";
  for (const auto& [script, said] : std::vector<sample>{
           {"no JSON", "syntax error"},
           {R"({"root":{}})", "a script needs \"steps\""},
           {script_with(R"({"id":"root","strategy":"some","children":[]})", ""), "unknown strategy some"},
           {script_with(sound_root, R"({"do":"dance"})"), "step 0: unknown word \"dance\""},
           {script_with(sound_root, R"({"do":"kill","id":"a"},{"do":"kill"})"), "step 1: kill needs \"id\""},
           {script_with(twins, ""), "the id is taken by an earlier child"},
       }) {
    const script_file file{script};
    const auto run = sup_trace({file.name()});
    CAPTURE(run.err);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.starts_with("sup-trace: " + file.name()));
    CHECK(run.err.find(said) != std::string::npos);
  }
  CHECK(sup_trace({"/nowhere/to/be/found.json"}).status == 2);
  CHECK(sup_trace({}).status == 2);
  CHECK(sup_trace({"--frob"}).status == 2);
}
