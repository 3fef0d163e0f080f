#include "conf/loader.hpp"
#include "tests/support/source_tree.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace cafnode::conf;

namespace {

const std::string samples = cafnode::test::source_tree() + "/conf/";

/// A file that is gone at the end of its test.
class scratch_file {
public:
  explicit scratch_file(const std::string& text) {
    path_ = (std::filesystem::temp_directory_path() / "cafnode_conf_XXXXXX").string();
    const int made = ::mkstemp(path_.data());
    REQUIRE(made >= 0);
    std::fclose(::fdopen(made, "w"));
    std::ofstream{path_} << text;
  }

  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  ~scratch_file() { std::filesystem::remove(path_); }

  [[nodiscard]] const std::string& path() const { return path_; }

private:
  std::string path_;
};

fault_code only_fault(const std::string& path) {
  const auto outcome = load_file(path);
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults[0].file == path);
  CHECK_FALSE(outcome.usable());
  return outcome.faults[0].code;
}

constexpr const char* head = "apiVersion: caf-node/v1\nkind: Node\n";

std::string with_connections(const std::string& connections, const std::string& more = "") {
  return std::string{head} + "exchanges:\n  - name: deribit\n    venue: deribit\n" +
         "    url: {host: 127.0.0.1, port: 9443, tls: false}\n    auth: {method: none}\n" + more +
         "    connections:\n" + connections;
}

} // namespace

SCENARIO("every file that ships loads without a fault") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{samples}) {
    if (entry.path().extension() != ".yaml")
      continue;
    const auto outcome = load_file(entry.path().string());
    CHECK_MESSAGE(outcome.faults.empty(), format_faults(outcome.faults));
    ++count;
  }
  CHECK(count >= 3);
}

SCENARIO("conf/node.yaml says the same as no file at all, and says all of it") {
  const auto file = load_file(samples + "node.yaml");
  CHECK(print_config(file, false) == print_config(load_built_in(), false));
  const auto text = print_config(file, true);
  std::size_t unsaid = 0;
  for (auto at = text.find("# default"); at != std::string::npos; at = text.find("# default", at + 1))
    ++unsaid;
  CHECK(unsaid == 4); // `count`, once a connection
}

SCENARIO("Deribit's test exchange is reached by TLS with credentials from the environment") {
  const auto outcome = load_file(samples + "deribit-test.yaml");
  const auto& exchange = outcome.config.exchanges.at(0);
  CHECK(exchange.url.host == "test.deribit.com");
  CHECK(exchange.url.tls);
  CHECK(exchange.auth.client_secret == secret_reference{secret_origin::env, "CAF_DERIBIT_CLIENT_SECRET"});
}

SCENARIO("what is printed can be loaded again and prints the same") {
  auto first = load_file(samples + "deribit-test.yaml");
  first.config.exchanges[0].url.path = "/a \"b\" \\c: #d";
  first.config.exchanges[0].connections[0].own_auth = true;
  first.config.exchanges[0].connections[0].auth.client_id.literal = "007";
  const auto printed = print_config(first, true);
  const auto second = load_text("printed.yaml", printed);
  CAPTURE(printed);
  CHECK_MESSAGE(second.faults.empty(), format_faults(second.faults));
  CHECK(print_config(second, false) == print_config(first, false));
}

SCENARIO("what cannot be read as a file is one clear fault") {
  CHECK(only_fault("/nonexistent/node.yaml") == fault_code::not_readable);
  CHECK(only_fault("/tmp") == fault_code::not_a_file);
  CHECK(only_fault("/dev/zero") == fault_code::not_a_file);
  CHECK(only_fault(scratch_file{""}.path()) == fault_code::empty);
  CHECK(only_fault(scratch_file{std::string(10'000'000, 'x')}.path()) == fault_code::too_large);
}

SCENARIO("a named pipe that nobody writes to does not hang the start") {
  const auto path = (std::filesystem::temp_directory_path() / ("cafnode_pipe_" + std::to_string(::getpid()))).string();
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(only_fault(path) == fault_code::not_a_file);
  std::filesystem::remove(path);
}

SCENARIO("a byte order mark is skipped") {
  const auto outcome = load_text("f.yaml", "\xef\xbb\xbf" + with_connections("      - name: alpha\n"));
  CHECK_MESSAGE(outcome.faults.empty(), format_faults(outcome.faults));
}

SCENARIO("the silence limit follows the interval unless it is given") {
  const auto derived =
      load_text("f.yaml", with_connections("      - name: alpha\n", "    heartbeat: {interval: 30s}\n"));
  CHECK(derived.config.exchanges.at(0).heartbeat.silence_limit == std::chrono::seconds{65});
  const auto given = load_text(
      "f.yaml", with_connections("      - name: alpha\n", "    heartbeat: {interval: 30s, silence_limit: 45s}\n"));
  CHECK(given.config.exchanges.at(0).heartbeat.silence_limit == std::chrono::seconds{45});
}

SCENARIO("a connection takes its exchange's credentials whole, or has its own") {
  const auto outcome = load_text("f.yaml", with_connections("      - name: alpha\n"
                                                            "      - name: bravo\n"
                                                            "        auth:\n"
                                                            "          client_id: id-2\n"
                                                            "          client_secret: {from: file, path: /run/key}\n"));
  REQUIRE_MESSAGE(outcome.faults.empty(), format_faults(outcome.faults));
  const auto& connections = outcome.config.exchanges.at(0).connections;
  CHECK(connections[0].auth.method == auth_method::none);
  CHECK(connections[1].auth.method == auth_method::client_credentials);
  CHECK(connections[1].auth.client_id.literal == "id-2");
  CHECK(connections[1].auth.client_secret == secret_reference{secret_origin::file, "/run/key"});
}

SCENARIO("an entry with a count stands for as many connections") {
  const auto outcome = load_text("f.yaml", with_connections("      - {name: load, count: 3}\n      - name: alpha\n"));
  REQUIRE_MESSAGE(outcome.faults.empty(), format_faults(outcome.faults));
  const auto all = expand_connections(outcome.config.exchanges.at(0));
  REQUIRE(all.size() == 4);
  CHECK(all[0].name == "load-1");
  CHECK(all[2].name == "load-3");
  CHECK(all[2].count == 1);
  CHECK(all[3].name == "alpha");
}

SCENARIO("counts are bounded, and their names must not meet others") {
  const auto many = load_text("f.yaml", with_connections("      - {name: a, count: 10000}\n      - name: b\n"));
  REQUIRE(many.faults.size() == 1);
  CHECK(many.faults[0].code == fault_code::out_of_range);
  const auto met = load_text("f.yaml", with_connections("      - {name: a, count: 2}\n      - name: a-2\n"));
  REQUIRE(met.faults.size() == 1);
  CHECK(met.faults[0].code == fault_code::not_unique);
}

SCENARIO("a section whose lines are all commented out means the defaults") {
  const auto outcome =
      load_text("f.yaml", with_connections("      - name: alpha\n", "    heartbeat:\n      # interval: 20s\n"));
  CHECK_MESSAGE(outcome.faults.empty(), format_faults(outcome.faults));
}

SCENARIO("a warning does not keep a configuration from being used") {
  auto text = with_connections("      - name: alpha\n");
  text.replace(text.find("127.0.0.1"), 9, "10.0.0.77");
  const auto outcome = load_text("f.yaml", text);
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults[0].code == fault_code::insecure);
  CHECK(outcome.usable());
}
