#include "runtime/observe/field.hpp"

#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cafnode::observe {

namespace {

bool is_plain(unsigned char c) noexcept {
  return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '=';
}

struct json_writer {
  std::string& out;

  void operator()(bool value) const { out += value ? "true" : "false"; }

  void operator()(double value) const { out += std::isfinite(value) ? fmt::format("{}", value) : "null"; }

  void operator()(const std::string& value) const { base::append_json_string(out, value); }

  template<std::integral Number>
  void operator()(Number value) const {
    out += fmt::format("{}", value);
  }
};

} // namespace

void append_json(std::string& out, const field_value& value) {
  std::visit(json_writer{out}, value);
}

void append_json(std::string& out, const field_list& fields) {
  out += '{';
  for (const auto& field : fields) {
    if (&field != fields.data())
      out += ',';
    base::append_json_string(out, field.key);
    out += ':';
    append_json(out, field.value);
  }
  out += '}';
}

void append_text(std::string& out, const field_value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && !text->empty() && std::all_of(text->begin(), text->end(), is_plain))
    out += *text;
  else
    append_json(out, value);
}

} // namespace cafnode::observe
