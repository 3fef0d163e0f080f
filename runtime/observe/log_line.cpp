#include "runtime/observe/log_line.hpp"

#include "runtime/base/json_text.hpp"
#include "runtime/observe/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cafnode::observe {

namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 6> level_colours{"\x1b[2m", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[31m", ""};
constexpr std::array<std::string_view, 6> reserved_keys{"ts", "level", "msg", "node", "region", "channel"};

void append_member(std::string& out, std::string_view key, std::string_view value) {
  out += out.size() > 1 ? ",\"" : "\"";
  out += key;
  out += "\":";
  base::append_json_string(out, value);
}

bool is_reserved(std::string_view key) noexcept {
  return std::find(reserved_keys.begin(), reserved_keys.end(), key) != reserved_keys.end();
}

} // namespace

std::string_view to_string(level severity) noexcept {
  return level_names[static_cast<std::size_t>(severity)];
}

std::string render_json(const log_record& record, const log_identity& identity) {
  std::string out = "{";
  append_member(out, "ts", to_rfc3339(record.at));
  append_member(out, "level", to_string(record.severity));
  append_member(out, "msg", record.message);
  append_member(out, "node", identity.node);
  append_member(out, "region", identity.region);
  append_member(out, "channel", record.channel);
  for (const auto& field : record.fields) {
    out += ',';
    base::append_json_string(out, is_reserved(field.key) ? field.key + "_" : field.key);
    out += ':';
    append_json(out, field.value);
  }
  return out + '}';
}

std::string render_text(const log_record& record, bool colour) {
  const auto index = static_cast<std::size_t>(record.severity);
  const auto time = to_rfc3339(record.at);
  auto out =
      fmt::format("{} {}{:<5}{} {}: {}", std::string_view{time}.substr(11, 15), colour ? level_colours[index] : "",
                  level_names[index], colour ? "\x1b[0m" : "", record.channel, record.message);
  for (const auto& field : record.fields) {
    out += ' ';
    out += field.key;
    out += '=';
    append_text(out, field.value);
  }
  return out;
}

} // namespace cafnode::observe
