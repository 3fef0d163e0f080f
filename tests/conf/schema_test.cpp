#include "conf/loader.hpp"
#include "conf/schema.hpp"
#include "tests/support/source_tree.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace cafnode::conf;

SCENARIO("every default is a value that the file may hold") {
  const auto outcome = load_text("default.yaml", print_config(load_built_in(), false));
  CHECK_MESSAGE(outcome.faults.empty(), format_faults(outcome.faults));
}

SCENARIO("every key is documented and stands once") {
  std::set<std::string> seen;
  const auto page = schema_to_markdown();
  for (const auto& key : schema()) {
    CHECK(seen.insert(std::to_string(static_cast<int>(key.in)) + std::string{key.path}).second);
    CHECK_MESSAGE(key.doc.ends_with('.'), key.path);
    CHECK_MESSAGE(page.find("| `" + std::string{key.path} + "` |") != std::string::npos, key.path);
    CHECK(key.low <= key.high);
  }
}

SCENARIO(
    "what names secrets, or says where they go or who may do what, is for the node's owner to push, and no other key") {
  for (const auto& key : schema()) {
    const bool names_a_secret = key.form == value_form::secret || key.form == value_form::text_or_secret;
    const bool is_place = key.form == value_form::host || key.form == value_form::text; // a host, a path
    const bool is_of_owner = names_a_secret || is_place || key.path.starts_with("auth.") ||
                             key.path.starts_with("url.") || key.path.starts_with("control.") || key.path == "venue";
    CHECK_MESSAGE((key.pusher == pushed_by::owner) == is_of_owner, key.path);
  }
}

SCENARIO("what is only a reference in the file prints as one") {
  const auto printed = print_config(load_built_in(), false);
  CHECK(printed.find("client_secret: {from: env, name: CAF_DERIBIT_CLIENT_SECRET}") != std::string::npos);
}

SCENARIO("docs/configuration.md is what the schema says") {
  const auto path = std::filesystem::path{cafnode::test::source_tree()} / "docs/configuration.md";
  if (!std::filesystem::exists(path))
    return;
  std::stringstream text;
  text << std::ifstream{path}.rdbuf();
  CHECK_MESSAGE(text.str() == schema_to_markdown(), "write it anew: caf-node --print-schema > docs/configuration.md");
}
