#include "conf/excerpt.hpp"
#include "conf/loader.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace cafnode::conf;

namespace {

// As long as Deribit's.
const std::string marker = "Hunter2-canary-Q7kz0VbN4xTs9LwE1rYu5JmD3pGf";

/// What anybody could see of the faults of `text`.
std::string told_of(const std::string& text) {
  const auto faults = load_text("f.yaml", text).faults;
  return format_faults(faults) + faults_to_json(faults) + sum_up(faults);
}

std::vector<std::string> good_lines() {
  return {"apiVersion: caf-node/v1",
          "kind: Node",
          "node: {region: tokyo, io_threads: 1}",
          "control: {port: 7601}",
          "exchanges:",
          "  - name: deribit",
          "    venue: deribit",
          "    url: {host: 127.0.0.1, port: 443, tls: false}",
          "    auth:",
          "      method: client_credentials",
          "      client_id: {from: env, name: CLIENT_ID}",
          "      client_secret: {from: env, name: CLIENT_SECRET}",
          "    heartbeat: {interval: 10s}",
          "    connections:",
          "      - name: alpha",
          "        channels: [ticker.BTC-PERPETUAL.100ms]"};
}

std::size_t below(cafnode::base::rng& chance, std::size_t count) {
  return static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(count) - 1));
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines)
    out += line + "\n";
  return out;
}

/// Puts the secret anywhere: for a value, beside one, as a key, on a line of its own, in a comment.
void hide(std::vector<std::string>& lines, cafnode::base::rng& chance) {
  const auto line = below(chance, lines.size());
  auto& here = lines[line];
  const auto indent = std::string(below(chance, 12), below(chance, 3) == 0 ? '\t' : ' ');
  switch (below(chance, 9)) {
  case 0:
    here = here.substr(0, here.find(": ")) + ": " + marker;
    break;
  case 1:
    here += " " + marker;
    break;
  case 2:
    here = here.substr(0, here.find(':')) + ":" + marker;
    break;
  case 3:
    here += " # " + marker;
    break;
  case 4: {
    const auto brace = here.find_first_of("{[");
    here.insert(brace == std::string::npos ? here.size() : brace + 1, marker + ", ");
    break;
  }
  case 5:
    lines[line] = here.substr(0, here.find(": ")) + ": |\n" + indent + marker + "\n" + indent + "two " + marker;
    break;
  case 6:
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line), indent + marker);
    break;
  case 7:
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line), indent + "key: " + marker);
    break;
  default:
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line), indent + marker + ": " + marker);
  }
}

/// Breaks the text as a slip of the hand does.
void damage(std::string& text, cafnode::base::rng& chance) {
  constexpr std::array<std::string_view, 14> slips{"\t", "'",  "\"", "{",    "}",    "[",    "*a",
                                                   "&a", "\n", ": ", "\x01", "\xff", "!!x ", "---\n"};
  const auto at = text.rfind('\n', below(chance, text.size()));
  const auto place = below(chance, 2) == 0 && at != std::string::npos ? at + 1 : below(chance, text.size());
  const auto found = text.rfind(marker, place);
  if (found == std::string::npos || place >= found + marker.size()) // the marker itself stays whole
    text.insert(place, slips[below(chance, slips.size())]);
}

/// The line below the first fault of `text`, and the caret's.
std::string shown_of(const std::string& text) {
  const auto faults = load_text("f.yaml", text).faults;
  REQUIRE_FALSE(faults.empty());
  const auto told = format_fault(faults.front());
  const auto from = told.find(" | ");
  return from == std::string::npos ? std::string{} : told.substr(from + 3, told.find('\n', from) - from - 3);
}

} // namespace

SCENARIO("wherever a secret got into a text, and however that is broken, no fault shows it") {
  cafnode::base::rng chance{20261130};
  for (int life = 0; life < 800; ++life) {
    auto lines = good_lines();
    for (auto times = 1 + below(chance, 2); times > 0; --times)
      hide(lines, chance);
    auto text = joined(lines);
    for (auto times = below(chance, 3); times > 0; --times)
      damage(text, chance);
    const bool is_told = told_of(text).find(marker.substr(0, 12)) != std::string::npos;
    REQUIRE_MESSAGE(!is_told, text << "\n\n" << told_of(text));
  }
}

SCENARIO("of a text that cannot be parsed nothing but keys is shown") {
  CHECK(shown_of("auth:\n  client_secret:\n\tHUNTER2\n") == "?********");
  CHECK(shown_of("auth:\n  client_secret: |\n    HUNTER2\n    HUNTER2\x01 x\n") == "    ******** ********");
  CHECK(shown_of("node: {name: HUNTER2, region: [}\n") == "node: {name: ********, region: [}");
  CHECK(shown_of("node: &HUNTER2 x\n") == "node: ******** ********");
  CHECK(shown_of("odd: 1\nodd: HUNTER2\n") == "******** ********");
}

SCENARIO("an unknown key is shown, and not its value") {
  auto lines = good_lines();
  lines.insert(lines.begin() + 8, "    key: HUNTER2zz");
  CHECK(shown_of(joined(lines)) == "    key: ********");
  lines[8] = "    odd:HUNTER2zz: 1";
  CHECK(shown_of(joined(lines)) == "    odd:******** ********");
}

SCENARIO("a value is shown where it is the fault and short, and nothing else of its line") {
  auto lines = good_lines();
  lines[7] = "    url: {host: h, port: 99999, tls: false} # HUNTER2";
  CHECK(shown_of(joined(lines)) == "    url: {host: ********, port: 99999, tls: ********} ********");
  lines[7] = "    url: {host: h, port: " + std::string(25, '9') + ", tls: false}";
  CHECK(shown_of(joined(lines)) == "    url: {host: ********, port: ********, tls: ********}");
}

SCENARIO("what is no name of a variable is refused, and not shown") {
  auto lines = good_lines();
  for (const std::string name : {"HUNTER-2", "2HUNTER", "HUNTER 2", "HUNTER=2"}) {
    CAPTURE(name);
    lines[11] = "      client_secret: {from: env, name: '" + name + "'}";
    const auto told = told_of(joined(lines));
    CHECK(told.find("names no variable") != std::string::npos);
    CHECK(told.find("HUNTER") == std::string::npos);
  }
  lines[11] = "      client_secret: {from: env, name: " + std::string(129, 'A') + "}";
  CHECK(told_of(joined(lines)).find("names no variable") != std::string::npos);
  lines[11] = "      client_secret: {from: env, name: _" + std::string(126, 'A') + "9}";
  CHECK(load_text("f", joined(lines)).usable());
}

SCENARIO("the sum of faults is one short line") {
  CHECK(sum_up(load_text("f.yaml", "a: 1\nb: 2\n").faults) ==
        "the file has 5 errors, the first: f.yaml:1:1: apiVersion is missing");
  CHECK(sum_up(load_text(std::string(900, 'f') + "\n", "a: 1\n").faults).size() < 410);
  CHECK(sum_up({}) == "the file has no errors");
}
