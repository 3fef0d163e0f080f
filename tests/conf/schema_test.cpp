#include "conf/diff.hpp"
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

SCENARIO("a section of one venue is nothing to another") {
  CHECK(section_venue("deribit.scope") == "deribit");
  for (const auto* of_all : {"name", "heartbeat.interval", "deribit", "deribitx.scope", ""})
    CHECK(section_venue(of_all).empty());
  CHECK_FALSE(is_foreign("deribit.scope", "deribit"));
  CHECK(is_foreign("deribit.scope", "okx"));
  CHECK_FALSE(is_foreign("heartbeat.interval", "okx"));
}

SCENARIO("only exchanges have sections of venues, and each is the section of one that there is") {
  for (const auto& key : schema())
    if (const auto venue = section_venue(key.path); !venue.empty()) {
      CHECK(key.in == scope::exchange);
      CHECK_MESSAGE(key.doc.find("Only where `venue` is `" + std::string{venue} + "`") != std::string::npos, key.path);
    }
}

SCENARIO("a venue's own key is read, printed, compared and told apart by what it takes") {
  auto config = load_built_in();
  config.config.exchanges[0].deribit.scope = "trade:read";
  const auto printed = print_config(config, false);
  CHECK(printed.find("    deribit:\n      scope: \"trade:read\"\n") != std::string::npos);
  const auto again = load_text("f.yaml", printed);
  REQUIRE_MESSAGE(again.faults.empty(), format_faults(again.faults));
  CHECK(again.config.exchanges[0].deribit.scope == "trade:read");
  const auto changes = diff(load_built_in().config, again.config);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].path == "exchanges.deribit.deribit.scope");
  CHECK(changes[0].effect == apply_effect::restart_child);
  CHECK(print_config(load_built_in(), false).find("scope") == std::string::npos);
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
