#include "runtime/observe/log_line.hpp"
#include "runtime/observe/timestamp.hpp"

#include <doctest/doctest.h>

using namespace cafnode::observe;
using cafnode::base::wall_time;
using namespace std::chrono_literals;

namespace {

constexpr wall_time noon{1'574'250'000'000'123us};

} // namespace

SCENARIO("a time stamp is RFC 3339 in UTC with microseconds") {
  CHECK(to_rfc3339(noon) == "2019-11-20T11:40:00.000123Z");
  CHECK(to_rfc3339(wall_time{0us}) == "1970-01-01T00:00:00.000000Z");
  CHECK(to_rfc3339(wall_time{-1us}) == "1969-12-31T23:59:59.999999Z");
  CHECK(to_rfc3339(wall_time{951'782'400s}) == "2000-02-29T00:00:00.000000Z");
}

SCENARIO("a JSON line has the stable keys first, then the fields in their order") {
  const log_record record{noon, level::warn, "net", "link closed", {kv("actor", "alpha"), kv("code", 4000)}};
  CHECK(render_json(record, {"n1", "tokyo"}) ==
        R"({"ts":"2019-11-20T11:40:00.000123Z","level":"warn","msg":"link closed","node":"n1","region":"tokyo",)"
        R"("channel":"net","actor":"alpha","code":4000})");
}

SCENARIO("a field cannot take a stable key's place") {
  const log_record record{noon, level::info, "c", "m", {kv("msg", "other"), kv("level", 7)}};
  CHECK(render_json(record, {}).ends_with(R"("msg_":"other","level_":7})"));
}

SCENARIO("no value can break out of its line") {
  const log_record record{noon, level::info, "c", "m", {kv("text", "a\nb\"\xff")}};
  const auto json = render_json(record, {"n\n1", "r"});
  CHECK(json.find('\n') == std::string::npos);
  CHECK(json.find(R"("text":"a\nb\")"
                  "\xef\xbf\xbd\"") != std::string::npos);
  CHECK(render_text(record, false).find('\n') == std::string::npos);
}

SCENARIO("a line for a terminal has time, level, folder, message and fields") {
  const log_record record{noon, level::info, "net", "link is open", {kv("host", "a.b"), kv("note", "two words")}};
  CHECK(render_text(record, false) == "11:40:00.000123 info  net: link is open host=a.b note=\"two words\"");
  CHECK(render_text(record, true).find("\x1b[32minfo ") != std::string::npos);
}
