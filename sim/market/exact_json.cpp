#include "sim/market/exact_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>

#include <limits>

namespace cafnode::sim {

namespace json = boost::json;

namespace {

/// Builds the value; numbers that are not whole keep their characters.
struct exact_handler {
  static constexpr std::size_t max_object_size = 4096;
  static constexpr std::size_t max_array_size = 4096;
  static constexpr std::size_t max_key_size = 256;
  static constexpr std::size_t max_string_size = 65536;

  json::value_stack stack;
  std::string token; // of a number that arrives in parts
  std::string text;  // of a string that arrives in parts
  bool forged = false;

  bool on_document_begin(json::error_code&) { return true; }

  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code&) { return true; }

  bool on_object_end(std::size_t count, json::error_code&) {
    stack.push_object(count);
    return true;
  }

  bool on_array_begin(json::error_code&) { return true; }

  bool on_array_end(std::size_t count, json::error_code&) {
    stack.push_array(count);
    return true;
  }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack.push_chars(part);
    return true;
  }

  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    stack.push_key(part);
    return true;
  }

  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    text.append(part.data(), part.size());
    return true;
  }

  bool on_string(json::string_view part, std::size_t, json::error_code& fault) {
    text.append(part.data(), part.size());
    if (!text.empty() && text.front() == '\x01') {
      fault = json::error::syntax;
      forged = true;
      return false;
    }
    stack.push_string(text);
    text.clear();
    return true;
  }

  bool on_number_part(json::string_view part, json::error_code&) {
    token.append(part.data(), part.size());
    return true;
  }

  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    token.clear();
    stack.push_int64(number);
    return true;
  }

  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    token.clear();
    stack.push_uint64(number);
    return true;
  }

  bool on_double(double, json::string_view part, json::error_code&) {
    token.append(part.data(), part.size());
    stack.push_string(std::string{number_mark} + token);
    token.clear();
    return true;
  }

  bool on_bool(bool flag, json::error_code&) {
    stack.push_bool(flag);
    return true;
  }

  bool on_null(json::error_code&) {
    stack.push_null();
    return true;
  }

  bool on_comment_part(json::string_view, json::error_code&) { return true; }

  bool on_comment(json::string_view, json::error_code&) { return true; }
};

bool is_number(std::string_view token) {
  const auto parsed = decimal::parse(token);
  return parsed.has_value() || parsed.fault() != base::decimal_fault::malformed;
}

void write_string(std::string& out, std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7f) {
      out += json::serialize(json::string{text.data(), text.size()});
      return;
    }
  out += '"';
  out += text;
  out += '"';
}

void write_text(std::string& out, const json::string& text) {
  const std::string_view view{text.data(), text.size()};
  if (view.starts_with(number_mark) && is_number(view.substr(number_mark.size())))
    out += view.substr(number_mark.size());
  else
    write_string(out, view);
}

void write(std::string& out, const json::value& value);

void write_array(std::string& out, const json::array& array) {
  out += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i != 0)
      out += ',';
    write(out, array[i]);
  }
  out += ']';
}

void write_object(std::string& out, const json::object& object) {
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!first)
      out += ',';
    first = false;
    write_string(out, {member.key().data(), member.key().size()});
    out += ':';
    write(out, member.value());
  }
  out += '}';
}

void write(std::string& out, const json::value& value) {
  switch (value.kind()) {
  case json::kind::string:
    return write_text(out, value.get_string());
  case json::kind::array:
    return write_array(out, value.get_array());
  case json::kind::object:
    return write_object(out, value.get_object());
  case json::kind::int64:
    out += std::to_string(value.get_int64());
    return;
  case json::kind::uint64:
    out += std::to_string(value.get_uint64());
    return;
  case json::kind::bool_:
    out += value.get_bool() ? "true" : "false";
    return;
  case json::kind::null:
    out += "null";
    return;
  case json::kind::double_:
    out += json::serialize(value);
    return;
  }
}

} // namespace

base::result<json::value, std::string> parse_exact(std::string_view text) {
  try {
    json::parse_options options;
    options.max_depth = 32;
    json::basic_parser<exact_handler> parser{options};
    parser.handler().stack.reset();
    json::error_code fault;
    const auto used = parser.write_some(false, text.data(), text.size(), fault);
    if (!fault && used < text.size())
      fault = json::error::extra_data;
    if (parser.handler().forged)
      return base::failure{std::string{"a string begins with U+0001"}};
    if (fault)
      return base::failure{"at byte " + std::to_string(used) + ": " + fault.message()};
    return parser.handler().stack.release();
  } catch (const std::exception& broken) {
    return base::failure{std::string{broken.what()}};
  }
}

std::string write_exact(const json::value& value) {
  std::string out;
  out.reserve(512);
  write(out, value);
  return out;
}

std::optional<decimal> decimal_of(const json::value& value) {
  constexpr auto whole_max = std::numeric_limits<std::int64_t>::max() / decimal::one;
  if (const auto* number = value.if_int64(); number != nullptr)
    return *number > whole_max || *number < -whole_max ? std::nullopt : std::optional{whole(*number)};
  if (const auto* number = value.if_uint64(); number != nullptr)
    return *number > static_cast<std::uint64_t>(whole_max) ? std::nullopt
                                                           : std::optional{whole(static_cast<std::int64_t>(*number))};
  const auto* text = value.if_string();
  if (text == nullptr)
    return std::nullopt;
  std::string_view token{text->data(), text->size()};
  if (token.starts_with(number_mark))
    token.remove_prefix(number_mark.size());
  const auto parsed = decimal::parse(token);
  return parsed.has_value() ? std::optional{parsed.value()} : std::nullopt;
}

json::value marked_number(std::string_view token) {
  std::string text{number_mark};
  text += token;
  return json::string{text};
}

} // namespace cafnode::sim
