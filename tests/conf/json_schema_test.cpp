#include "conf/loader.hpp"
#include "tests/conf/document_of_key.hpp"
#include "tests/conf/json_schema_check.hpp"
#include "tests/support/source_tree.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace cafnode::conf;
namespace fs = std::filesystem;

namespace {

const boost::json::value& the_schema() {
  static const auto parsed = boost::json::parse(schema_to_json());
  return parsed;
}

std::string content_of(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

/// What the schema says of a text; empty also where it is no YAML.
std::string violation_in(const std::string& text) {
  const source from{"f.yaml", text};
  fault_sink sink{from};
  const auto root = parse_document(from, sink);
  return root ? schema_violation(the_schema(), *root) : "";
}

/// What a schema cannot know: ranges behind a unit, quotes, and what only one key asks of its text.
bool is_beyond_schema(const key& of, const fault& found) {
  if (of.form == value_form::duration || of.form == value_form::size)
    return found.code == fault_code::out_of_range || found.message.find("quoted") != std::string::npos;
  return found.message.find("is no whole address") != std::string::npos ||
         found.message.find("must begin with '/'") != std::string::npos;
}

bool is_textual(const key& of) {
  return of.form == value_form::text || of.form == value_form::name || of.form == value_form::host ||
         of.form == value_form::text_or_secret || of.form == value_form::text_list;
}

const std::vector<std::string> samples{"true",
                                       "false",
                                       "yes",
                                       "0",
                                       "1",
                                       "5",
                                       "-1",
                                       "12",
                                       "70000",
                                       "200000000",
                                       "99999999999999999999",
                                       "1.5",
                                       "abc",
                                       "a-b",
                                       "A",
                                       "'5'",
                                       "'true'",
                                       "''",
                                       "'a b'",
                                       "'a/b'",
                                       "\"a\\nb\"",
                                       "5s",
                                       "'5s'",
                                       "30s",
                                       "05s",
                                       "5 s",
                                       "5d",
                                       "1h",
                                       "1MiB",
                                       "64KiB",
                                       "5GiB",
                                       "5MB",
                                       "info",
                                       "json",
                                       "deribit",
                                       "none",
                                       "client_signature",
                                       "client_sig",
                                       "[]",
                                       "[abc]",
                                       "[a b]",
                                       "[a, a]",
                                       "[[a]]",
                                       "{}",
                                       "{from: env, name: X}",
                                       "{from: file, path: /x}",
                                       "{from: env, path: X}",
                                       "{from: vault, name: X}",
                                       "{from: env}",
                                       "{from: env, name: X, more: 1}",
                                       "~",
                                       "-abc",
                                       "abcdefghijklmnopqrstuvwxyz-0123456",
                                       "'::1'",
                                       "h.example"};

} // namespace

SCENARIO("the schema takes the files that the project ships") {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator{fs::path{cafnode::test::source_tree()} / "conf"})
    if (entry.path().extension() == ".yaml") {
      CAPTURE(entry.path().string());
      CHECK(violation_in(content_of(entry.path())) == "");
      ++count;
    }
  CHECK(count >= 3);
  CHECK(violation_in(print_config(load_built_in(), false)) == "");
}

SCENARIO("the schema takes and refuses each value as the loader does") {
  std::size_t taken = 0, refused = 0;
  for (const auto& key : schema())
    for (const auto& sample : samples) {
      // An editor takes a bare 5 for a number where the loader takes it for a text.
      const bool is_bare = is_textual(key) && (sample.find_first_not_of("-0123456789.") == std::string::npos ||
                                               sample == "true" || sample == "false");
      if (is_bare)
        continue;
      const auto text = document_with(key, &sample);
      const auto outcome = load_text("f.yaml", text);
      const auto* fault = fault_of_form(outcome, key);
      if (fault != nullptr && is_beyond_schema(key, *fault))
        continue;
      CAPTURE(text);
      CAPTURE(format_faults(outcome.faults));
      const auto violation = violation_in(text);
      CAPTURE(violation);
      CHECK(violation.empty() == (fault == nullptr));
      ++(fault == nullptr ? taken : refused);
    }
  CHECK(taken > 300);
  CHECK(refused > 1'000);
}

SCENARIO("the schema wants what is required, and knows no key that the loader does not know") {
  for (const auto& key : schema()) {
    CAPTURE(key.path);
    CHECK(violation_in(document_with(key, nullptr)).empty() == !key.required);
  }
  const auto at_end = [](const std::string& more) { return "apiVersion: caf-node/v1\nkind: Node\n" + more; };
  const std::string exchange =
      "exchanges: [{name: x, venue: deribit, url: {host: h, port: 1, tls: true}, connections: ";
  CHECK(violation_in(at_end(exchange + "[{name: c}]}]\nlog:\n")) == "");
  CHECK(violation_in(at_end(exchange + "[{name: c}]}]\nlogs: {}\n")) == ": has 'logs'");
  CHECK(violation_in(at_end(exchange + "[{name: c}]}]\nlog: {leven: info}\n")) == ".log: has 'leven'");
  CHECK(violation_in(at_end(exchange + "[]}]\n")) == ".exchanges[].connections: minItems");
  CHECK(violation_in(at_end("exchanges: []\n")) == ".exchanges: minItems");
  CHECK(violation_in("apiVersion: caf-node/v2\nkind: Node\n") == ".apiVersion: const");
  CHECK(violation_in("[]") == ": is array");
}

SCENARIO("of the bad files the schema refuses those whose faults it can know") {
  std::size_t refused = 0;
  for (const auto& entry : fs::directory_iterator{fs::path{cafnode::test::source_tree()} / "tests/conf/bad"}) {
    if (entry.path().extension() != ".yaml")
      continue;
    const auto text = content_of(entry.path());
    const auto faults = load_text("f.yaml", text).faults;
    const auto is_known = [](const fault& each) {
      return each.code == fault_code::unknown_key || each.code == fault_code::wrong_type ||
             each.code == fault_code::secret_literal || each.code == fault_code::wrong_version;
    };
    CAPTURE(entry.path().string());
    if (std::any_of(faults.begin(), faults.end(), is_known)) {
      CHECK(violation_in(text) != "");
      ++refused;
    }
  }
  CHECK(refused >= 6);
}

SCENARIO("each key of the schema says what a change of it takes, and its default") {
  const auto& level = the_schema().at_pointer("/properties/log/properties/level");
  CHECK(level.at("x-effect") == "live");
  CHECK(level.at("default") == "info");
  const auto& exchange = the_schema().at_pointer("/properties/exchanges/items/properties");
  CHECK(exchange.at_pointer("/heartbeat/properties/interval/x-effect") == "restart_child");
  CHECK(exchange.at_pointer("/heartbeat/properties/interval/default") == "10s");
  CHECK(exchange.at_pointer("/rate/properties/use_percent/default") == 80);
  CHECK(exchange.at_pointer("/heartbeat/properties/interval/description").as_string().find("10s to 1m") !=
        std::string::npos);
  const auto text = schema_to_json();
  std::size_t effects = 0;
  for (auto place = text.find("\"x-effect\""); place != std::string::npos; place = text.find("\"x-effect\"", place + 1))
    ++effects;
  CHECK(effects == schema().size());
}

TEST_CASE("the schema lets the section of a venue stand only where that is the venue") {
  auto wider = the_schema(); // with a second venue
  wider.at_pointer("/properties/exchanges/items/properties/venue/enum").as_array().emplace_back("okx");
  const auto violation = [&](const std::string& venue, const std::string& section) {
    const source from{"f.yaml", fmt::format("{{apiVersion: caf-node/v1, kind: Node, exchanges: [{{name: x, venue: {}, "
                                            "url: {{host: h, port: 1, tls: true}}, connections: [{{name: c}}]{}}}]}}",
                                            venue, section)};
    fault_sink sink{from};
    const auto root = parse_document(from, sink);
    REQUIRE(root);
    return schema_violation(wider, *root);
  };
  CHECK(violation("deribit", "") == "");
  CHECK(violation("okx", "") == "");
  CHECK(violation("deribit", ", deribit: {scope: all}") == "");
  CHECK(violation("okx", ", deribit: {scope: all}").find("deribit") != std::string::npos);
}
