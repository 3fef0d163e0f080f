#include "conf/document.hpp"

#include <doctest/doctest.h>

using namespace cafnode::conf;

namespace {

struct parsed {
  std::optional<document_node> root;
  std::vector<fault> faults;
};

parsed parse(std::string text) {
  const source from{"f.yaml", std::move(text)};
  fault_sink sink{from};
  parsed out;
  out.root = parse_document(from, sink);
  out.faults = sink.take();
  return out;
}

/// The one fault that `text` has.
fault fault_of(std::string text) {
  auto outcome = parse(std::move(text));
  REQUIRE(outcome.faults.size() == 1);
  return outcome.faults.front();
}

std::string repeated(std::string_view part, std::size_t count) {
  std::string out;
  out.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i)
    out += part;
  return out;
}

} // namespace

SCENARIO("a document becomes a tree of texts, each with its place") {
  const auto outcome = parse("a: 1\nb:\n  - x\n  - \"y\"\nc: {d: }\n");
  REQUIRE(outcome.faults.empty());
  const auto& members = outcome.root->members;
  REQUIRE(members.size() == 3);
  CHECK(members[0].value.text == "1");
  CHECK(members[0].value.at.line == 1);
  CHECK(members[0].value.at.column == 4);
  REQUIRE(members[1].value.items.size() == 2);
  CHECK_FALSE(members[1].value.items[0].quoted);
  CHECK(members[1].value.items[1].quoted);
  CHECK(members[1].value.items[1].at.line == 4);
  CHECK(members[2].value.members.at(0).value.kind == node_kind::null);
}

SCENARIO("an empty value stands where its key stands, not at what follows") {
  const auto outcome = parse("a:\n\n\nb: 1\n");
  CHECK(outcome.root->members[0].value.at.line == 1);
}

SCENARIO("a duplicate key is a fault at its second place, and the first value holds") {
  const auto outcome = parse("a: 1\nb: 2\na: 3\n");
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults[0].code == fault_code::duplicate_key);
  CHECK(outcome.faults[0].line == 3);
  REQUIRE(outcome.root->members.size() == 2);
  CHECK(outcome.root->members[0].value.text == "1");
}

SCENARIO("anchors, aliases and merge keys are refused") {
  const auto outcome = parse("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n");
  REQUIRE(outcome.faults.size() == 3);
  for (const auto& fault : outcome.faults)
    CHECK(fault.code == fault_code::anchor);
  CHECK(outcome.faults[2].line == 4);
}

SCENARIO("an alias bomb costs no more than its text") {
  std::string bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const auto below = std::to_string(i - 1);
    bomb +=
        "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [*l" + below + ", *l" + below + ", *l" + below + "]\n";
  }
  const auto outcome = parse(bomb);
  CHECK(outcome.faults.size() == fault_sink::faults_max + 1);
  CHECK(outcome.faults.back().code == fault_code::too_many_faults);
}

SCENARIO("tags are refused, whether they claim a type or a class") {
  CHECK(fault_of("a: !!int 5\n").code == fault_code::tag);
  CHECK(fault_of("a: !!python/object:os.system {x: y}\n").code == fault_code::tag);
}

SCENARIO("a tab in the indentation is named as such") {
  const auto found = fault_of("a:\n  b: 1\n\tc: 2\n");
  CHECK(found.code == fault_code::tab);
  CHECK(found.line == 3);
  CHECK(found.column == 1);
  CHECK(parse("a: 1\t# a tab behind a value is fine\n").faults.empty());
}

SCENARIO("what is not UTF-8 text is refused at its place") {
  const auto found = fault_of("a: 1\nb: caf\xe9\n");
  CHECK(found.code == fault_code::bad_utf8);
  CHECK(found.line == 2);
  CHECK(found.column == 7);
  CHECK(fault_of(std::string{"a: \0b\n", 6}).code == fault_code::bad_utf8);
  CHECK(fault_of("a: \x1b[31m\n").code == fault_code::bad_utf8);
  CHECK(fault_of("\xff\xfe\x61\x00").code == fault_code::bad_utf8); // UTF-16
  CHECK(parse("a: \xc3\xa9\xe2\x82\xac\n").faults.empty());
}

SCENARIO("a file with Windows line ends reads the same") {
  const auto outcome = parse("a: 1\r\nb: x\r\n");
  REQUIRE(outcome.faults.empty());
  CHECK(outcome.root->members[1].value.text == "x");
}

SCENARIO("a document has bounds in bytes, levels and values") {
  CHECK(fault_of(std::string(document_bytes_max + 1, '#')).code == fault_code::too_large);
  CHECK(fault_of(std::string(10'000'000, '[')).code == fault_code::too_large);
  CHECK(fault_of("a: " + repeated("[", 40) + repeated("]", 40)).code == fault_code::too_deep);
  CHECK(fault_of("a: " + repeated("{a: ", 100'000)).code == fault_code::too_deep);
  CHECK(fault_of("a: " + repeated("[", 100'000)).code == fault_code::syntax);
  CHECK(fault_of(repeated("- ", 100'000)).code == fault_code::too_deep);
  CHECK(fault_of("a: [" + repeated("1,", 200'000) + "1]").code == fault_code::too_large);
  CHECK(parse("a: " + repeated("[", 31) + repeated("]", 31)).faults.empty());
}

SCENARIO("nothing, comments alone and a bare null are an empty file") {
  for (const auto* text : {"", "\n\n", "# only this\n", "---\n", "~\n"})
    CHECK_MESSAGE(fault_of(text).code == fault_code::empty, text);
}

SCENARIO("a second document is refused") {
  const auto found = fault_of("a: 1\n---\nb: 2\n");
  CHECK(found.code == fault_code::many_documents);
  CHECK(found.line == 2);
}

SCENARIO("what the YAML parser refuses carries its place") {
  CHECK(fault_of("a: [1, 2\nb: 3\n").code == fault_code::syntax);
  CHECK(fault_of("a: 'open\n").message == "this quote is never closed");
  CHECK(fault_of("a: \"open \\\" still\nb: 1\n").code == fault_code::syntax);
  CHECK(parse("a: 'it''s'\nb: \"\\\"\"\n").faults.empty());
  CHECK(fault_of("a: b: c\n").line == 1);
  CHECK(fault_of("? [a, b]\n: c\n").code == fault_code::syntax);
  CHECK(fault_of("? \n: c\n").code == fault_code::syntax);
}
