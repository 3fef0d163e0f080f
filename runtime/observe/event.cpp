#include "runtime/observe/event.hpp"

#include "runtime/base/json_text.hpp"
#include "runtime/observe/timestamp.hpp"

#include <fmt/format.h>

#include <chrono>

namespace cafnode::observe {

namespace {

void append_member(std::string& out, std::string_view key, std::string_view value) {
  out += fmt::format(",\"{}\":", key);
  base::append_json_string(out, value);
}

} // namespace

std::string to_json(const event& from) {
  auto out = fmt::format("{{\"seq\":{}", from.seq);
  append_member(out, "at", to_rfc3339(from.at.wall));
  out += fmt::format(",\"steady_ns\":{}", std::chrono::nanoseconds{from.at.steady.time_since_epoch()}.count());
  append_member(out, "kind", from.kind);
  append_member(out, "subject", from.subject);
  append_member(out, "cause", from.cause);
  append_member(out, "corr", from.correlation);
  out += ",\"fields\":";
  append_json(out, from.fields);
  return out + '}';
}

} // namespace cafnode::observe
