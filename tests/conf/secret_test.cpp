#include "conf/loader.hpp"
#include "conf/secret_source.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace cafnode::conf;

namespace {

constexpr const char* canary = "hunter2canary";

class secret_file {
public:
  secret_file(const std::string& text, mode_t mode) {
    path_ = (std::filesystem::temp_directory_path() / "cafnode_secret_XXXXXX").string();
    const int made = ::mkstemp(path_.data());
    REQUIRE(made >= 0);
    ::close(made);
    std::ofstream{path_, std::ios::binary} << text;
    REQUIRE(::chmod(path_.c_str(), mode) == 0);
  }

  secret_file(const secret_file&) = delete;
  secret_file& operator=(const secret_file&) = delete;

  ~secret_file() { std::filesystem::remove(path_); }

  [[nodiscard]] secret_reference reference() const { return {secret_origin::file, path_}; }

private:
  std::string path_;
};

/// Why the secret was refused; never with its text in it.
std::string refusal_of(const secret_reference& reference) {
  const auto outcome = resolve_secret(reference);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.fault().find(canary) == std::string::npos);
  return outcome.fault();
}

} // namespace

SCENARIO("no fault shows a secret that was written into the file, however it got there") {
  const std::string before = "apiVersion: caf-node/v1\nkind: Node\nexchanges:\n  - name: deribit\n    venue: deribit\n"
                             "    url: {host: 127.0.0.1, port: 9443, tls: false}\n    auth:\n      client_id: x\n";
  const std::string after = "\n    connections:\n      - name: alpha\n";
  const std::string secret = canary;
  for (const auto& line : {"      client_secret: " + secret,
                           "      client_secret: \"" + secret + "\"",
                           "      client_secrt: " + secret,
                           "      client_secret: {from: " + secret + ", name: X}",
                           "      client_secret: {value: " + secret + "}",
                           "      client_secret: {" + secret + ": value}",
                           "      client_secret: {from: env, name: X, " + secret + ": 1}",
                           "      client_secret: [" + secret + "]",
                           "      client_secret:\n        " + secret,
                           "      client_secret:\n        from: " + secret + "\n        name: X",
                           "      client_secret:\n        - " + secret,
                           "      client_secret:\n        " + secret + ": x: y",
                           "      client_secret: &a " + secret,
                           "      client_secret: *" + secret,
                           "      client_secret: !!binary " + secret,
                           "      client_secret: '" + secret,
                           "      client_secret: {from: env, name: X}\n      client_secret: " + secret,
                           "      client_secret: |\n        " + secret + "\n\tbroken",
                           "      client_secret:" + secret,
                           "      client_secret=" + secret + ": x",
                           "      - " + secret,
                           "      " + secret + ": x",
                           "      client_id:" + secret + ": x\n      client_id:" + secret + ": x",
                           "      password: " + secret,
                           "      API_KEY: " + secret}) {
    const auto outcome = load_text("f.yaml", before + line + after);
    CAPTURE(line);
    CHECK_FALSE(outcome.usable());
    CHECK(format_faults(outcome.faults).find(canary) == std::string::npos);
    CHECK(faults_to_json(outcome.faults).find(canary) == std::string::npos);
  }
}

SCENARIO("nor one that stands on the line of its section, in a list or in an address") {
  for (const std::string auth :
       {"{method: client_credentials, client_id: x, client_secret:hunter2canary}",
        "[client_credentials, hunter2canary]", "{client_id: x, hunter2canary}", "hunter2canary", "{method: none}"}) {
    CAPTURE(auth);
    const bool in_host = auth == "{method: none}";
    const auto outcome = load_text(
        "f.yaml",
        std::string{"apiVersion: caf-node/v1\nkind: Node\nexchanges:\n  - name: deribit\n    venue: deribit\n"} +
            "    url: {host: " + (in_host ? "\"key:hunter2canary@h\"" : "h") +
            ", port: 1, tls: false}\n    auth: " + auth + "\n    connections: [{name: a}]\n");
    CHECK_FALSE(outcome.usable());
    CHECK(format_faults(outcome.faults).find(canary) == std::string::npos);
    CHECK(faults_to_json(outcome.faults).find(canary) == std::string::npos);
  }
}

SCENARIO("a secret that was pasted where its file belongs is not told") {
  CHECK(read_token("hunter2hunter2canary").fault().find(canary) == std::string::npos);
  CHECK(refusal_of({secret_origin::file, "hunter2hunter2canary"}).find("may be the secret itself") !=
        std::string::npos);
  CHECK(read_token("/nonexistent/token").fault().starts_with("/nonexistent/token cannot be opened"));
}

SCENARIO("of what the YAML library says only the words that are the same for every file are told") {
  const auto outcome = load_text("f.yaml", "client_secret: \"a\\qcanary\"\n");
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults[0].message == "this is not YAML: unknown escape character"); // the library adds the character
}

SCENARIO("a secret literal is named as such, with the two ways out") {
  const auto outcome =
      load_text("f.yaml", "apiVersion: caf-node/v1\nkind: Node\nexchanges:\n  - name: deribit\n    venue: deribit\n"
                          "    url: {host: 127.0.0.1, port: 9443, tls: false}\n"
                          "    auth: {client_id: x, client_secret: hunter2canary}\n    connections: [{name: a}]\n");
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults[0].code == fault_code::secret_literal);
  CHECK(outcome.faults[0].line == 7);
  CHECK(outcome.faults[0].hint.find("{from: env") != std::string::npos);
}

SCENARIO("a secret comes from a variable") {
  ::setenv("CAFNODE_TEST_SECRET", "s3cret", 1);
  CHECK(resolve_secret({secret_origin::env, "CAFNODE_TEST_SECRET"}).value().reveal() == "s3cret");
  ::unsetenv("CAFNODE_TEST_SECRET");
  CHECK(refusal_of({secret_origin::env, "CAFNODE_TEST_SECRET"}).find("CAFNODE_TEST_SECRET is not set") !=
        std::string::npos);
  ::setenv("CAFNODE_TEST_SECRET", "", 1);
  CHECK(refusal_of({secret_origin::env, "CAFNODE_TEST_SECRET"}).find("is empty") != std::string::npos);
  ::unsetenv("CAFNODE_TEST_SECRET");
}

SCENARIO("a secret comes from a file of its owner, without the line end") {
  for (const mode_t mode : {0600, 0400, 0640, 0440}) {
    const secret_file file{"s3cret\n", mode};
    const auto outcome = resolve_secret(file.reference());
    REQUIRE_MESSAGE(outcome.has_value(), outcome.fault());
    CHECK(outcome.value().reveal() == "s3cret");
  }
  CHECK(resolve_secret(secret_file{"s3cret\r\n", 0600}.reference()).value().reveal() == "s3cret");
}

SCENARIO("a file that others get at is refused with the command that mends it") {
  for (const mode_t mode : {0644, 0660, 0620, 0604, 0602, 0601, 0777}) {
    const secret_file file{canary, mode};
    CHECK(refusal_of(file.reference()).find("chmod 0600 " + file.reference().name) != std::string::npos);
  }
}

SCENARIO("a file that holds no secret is refused") {
  CHECK(refusal_of(secret_file{"", 0600}.reference()).find("is empty") != std::string::npos);
  CHECK(refusal_of(secret_file{"\n", 0600}.reference()).find("is empty") != std::string::npos);
  CHECK(refusal_of(secret_file{"one\ntwo\n", 0600}.reference()).find("one line") != std::string::npos);
  CHECK(refusal_of(secret_file{std::string(70'000, 'x'), 0600}.reference()).find("larger") != std::string::npos);
  CHECK(refusal_of({secret_origin::file, "/tmp"}).find("not a plain file") != std::string::npos);
  CHECK(refusal_of({secret_origin::file, "/nonexistent/key"}).find("cannot be opened") != std::string::npos);
  CHECK(refusal_of({}).find("no secret is configured") != std::string::npos);
}

SCENARIO("a client id is written down or referred to") {
  CHECK(resolve_text({"abc", {}}).value() == "abc");
  const secret_file file{"from-file\n", 0600};
  CHECK(resolve_text({"", file.reference()}).value() == "from-file");
  CHECK_FALSE(resolve_text({}).has_value());
}
