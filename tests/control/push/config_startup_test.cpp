#include "control/push/config_startup.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::control;

namespace {

/// A node that starts again and again with one store and one file.
struct starts {
  chosen_start begin() {
    const auto read = [](std::string name, std::string text) {
      return conf::load_text(std::move(name), std::move(text));
    };
    const auto loaded = read("node.yaml", file);
    REQUIRE_MESSAGE(loaded.usable(), conf::format_faults(loaded.faults));
    auto chosen = choose_start(*store, loaded, file, "node.yaml", read, 7);
    REQUIRE_MESSAGE(chosen.has_value(), (chosen ? "" : chosen.fault()));
    return std::move(chosen).value();
  }

  std::uint64_t propose(const std::string& text) {
    return store->propose({7, "somebody", "", version_source::pushed, config_hash(text), text}).value();
  }

  void push(const std::string& text) { REQUIRE(store->commit(propose(text)).has_value()); }

  static std::string text(std::string_view level) {
    conf::loaded built = conf::load_built_in();
    auto out = conf::print_config(built, false);
    const auto at = out.find("level: info");
    REQUIRE(at != std::string::npos);
    return out.replace(at, 11, "level: " + std::string{level});
  }

  std::unique_ptr<config_store> store = make_memory_config_store();
  std::string file = text("info");
};

} // namespace

SCENARIO("a new store takes the file as its first version, and the next start finds it") {
  starts node;
  const auto first = node.begin();
  CHECK(first.start.version.number == 1);
  CHECK(first.start.version.source == version_source::file_at_start);
  CHECK(first.notes.empty());
  const auto second = node.begin();
  CHECK(second.start.version.number == 1);
  CHECK(second.notes.empty());
}

SCENARIO("what was pushed holds until the file is edited") {
  starts node;
  node.begin();
  node.push(node.text("debug"));
  const auto after = node.begin();
  CHECK(after.start.version.number == 2);
  CHECK(after.start.read.config.log_level == conf::log_level::debug);
  REQUIRE(after.notes.size() == 1);
  CHECK(after.notes[0].find("version 2") != std::string::npos);
  node.file = node.text("warn");
  const auto edited = node.begin();
  CHECK(edited.start.version.number == 3);
  CHECK(edited.start.read.config.log_level == conf::log_level::warn);
  REQUIRE(edited.notes.size() == 1);
  CHECK(edited.notes[0].find("edited") != std::string::npos);
  CHECK(node.begin().start.version.number == 3);
}

SCENARIO("the file that was pushed itself is no edit") {
  starts node;
  node.begin();
  node.push(node.text("debug"));
  node.file = node.text("debug");
  const auto next = node.begin();
  CHECK(next.start.version.number == 2);
  CHECK(next.notes.empty());
}

SCENARIO("a change that was cut short did not happen: the version before it runs, whole, and that is said") {
  starts node;
  node.begin();
  node.propose(node.text("debug"));
  const auto next = node.begin();
  CHECK(next.start.version.number == 1);
  CHECK(next.start.read.config.log_level == conf::log_level::info);
  REQUIRE(next.notes.size() == 1);
  CHECK(next.notes[0].find("cut short") != std::string::npos);
  CHECK(node.store->get(2).value().entry.state == version_state::undone);
}

SCENARIO("a kept version that cannot be read any more gives way to the file") {
  starts node;
  node.begin();
  node.push("no: such\nkey: here\n");
  const auto next = node.begin();
  CHECK(next.start.read.config.log_level == conf::log_level::info);
  REQUIRE(!next.notes.empty());
  CHECK(next.notes[0].find("cannot be read any more") != std::string::npos);
}
