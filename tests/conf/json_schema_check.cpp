#include "tests/conf/json_schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>
#include <set>

namespace cafnode::conf {

namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  return std::string{value.as_string()};
}

bool matches(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex{pattern, std::regex::ECMAScript});
}

std::string type_of(const document_node& node) {
  switch (node.kind) {
  case node_kind::list:
    return "array";
  case node_kind::map:
    return "object";
  case node_kind::scalar:
    break;
  default:
    return "null";
  }
  if (node.quoted)
    return "string";
  if (matches(node.text, "^(true|True|TRUE|false|False|FALSE)$"))
    return "boolean";
  if (matches(node.text, "^(null|Null|NULL|~|)$"))
    return "null";
  if (matches(node.text, "^[-+]?[0-9]+$"))
    return "integer";
  return matches(node.text, "^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$") ? "number" : "string";
}

class validator {
public:
  explicit validator(const json::value& schema) : root_{&schema} {}

  std::string check(const json::value& schema, const document_node& node, const std::string& at) const {
    if (schema.is_bool())
      return schema.as_bool() ? "" : at + ": does not stand here";
    for (const auto& word : schema.as_object())
      if (auto wrong = check_word(schema.as_object(), std::string{word.key()}, word.value(), node, at); !wrong.empty())
        return wrong;
    return {};
  }

private:
  using object = json::object;

  std::string check_word(const object& schema, const std::string& word, const json::value& value,
                         const document_node& node, const std::string& at) const {
    static const std::set<std::string> told{"$schema",     "title",    "description", "default",
                                            "definitions", "x-effect", "x-pushed-by"};
    const bool is_map = node.kind == node_kind::map;
    const auto type = type_of(node);
    if (told.contains(word) || word == "else")
      return {};
    if (word == "if")
      return check(value, node, at).empty() ? "" : check(schema.at("else"), node, at);
    if (word == "$ref")
      return check(root_->at_pointer(text_of(value).substr(1)), node, at);
    if (word == "anyOf" || word == "allOf")
      return check_alternatives(value.as_array(), word == "anyOf", node, at);
    if (word == "type")
      return is_among(value, type) ? "" : fmt::format("{}: is {}", at, type);
    if (word == "const")
      return type == "string" && node.text == text_of(value) ? "" : at + ": const";
    if (word == "enum")
      return type == "string" && is_among(value, node.text) ? "" : at + ": enum";
    if (word == "properties" || word == "additionalProperties")
      return is_map ? check_members(schema, word, node, at) : "";
    if (word == "required")
      return is_map ? check_required(value.as_array(), node, at) : "";
    if (type == "array")
      return check_list(word, value, node, at);
    return type == "string" || type == "integer" ? check_scalar(word, value, type, node, at) : "";
  }

  static bool is_among(const json::value& words, const std::string& word) {
    if (words.is_string())
      return words.as_string() == word;
    return std::any_of(words.as_array().begin(), words.as_array().end(),
                       [&](const json::value& each) { return each.as_string() == word; });
  }

  std::string check_alternatives(const json::array& all, bool one_is_enough, const document_node& node,
                                 const std::string& at) const {
    std::string last;
    for (const auto& each : all) {
      const auto wrong = check(each, node, at);
      if (wrong.empty() == one_is_enough)
        return wrong;
      last = wrong;
    }
    return last;
  }

  std::string check_members(const object& schema, const std::string& word, const document_node& node,
                            const std::string& at) const {
    const auto& known = schema.at("properties").as_object();
    for (const auto& member : node.members) {
      const auto* below = known.if_contains(member.key);
      if (below == nullptr && word == "additionalProperties")
        return fmt::format("{}: has '{}'", at, member.key);
      if (below == nullptr || word == "additionalProperties")
        continue;
      if (auto wrong = check(*below, member.value, at + "." + member.key); !wrong.empty())
        return wrong;
    }
    return {};
  }

  static std::string check_required(const json::array& names, const document_node& node, const std::string& at) {
    for (const auto& name : names)
      if (std::none_of(node.members.begin(), node.members.end(),
                       [&](const document_member& m) { return name.as_string() == m.key; }))
        return fmt::format("{}: lacks '{}'", at, text_of(name));
    return {};
  }

  std::string check_list(const std::string& word, const json::value& value, const document_node& node,
                         const std::string& at) const {
    const auto size = static_cast<std::int64_t>(node.items.size());
    if ((word == "minItems" && size < value.as_int64()) || (word == "maxItems" && size > value.as_int64()))
      return at + ": " + word;
    std::set<std::string> seen;
    for (const auto& item : node.items) {
      if (word == "uniqueItems" && !seen.insert(item.text).second)
        return at + ": has one twice";
      if (auto wrong = word == "items" ? check(value, item, at + "[]") : std::string{}; !wrong.empty())
        return wrong;
    }
    return {};
  }

  static std::string check_scalar(const std::string& word, const json::value& value, const std::string& type,
                                  const document_node& node, const std::string& at) {
    const bool is_text = type == "string";
    const auto size = static_cast<std::int64_t>(node.text.size());
    bool good = true;
    if (word == "pattern")
      good = !is_text || matches(node.text, text_of(value));
    else if (word == "minLength")
      good = !is_text || size >= value.as_int64();
    else if (word == "maxLength")
      good = !is_text || size <= value.as_int64();
    else if (word == "minimum")
      good = is_text || number_of(node) >= static_cast<long double>(value.as_int64());
    else if (word == "maximum")
      good = is_text || number_of(node) <= static_cast<long double>(value.as_int64());
    else if (word != "items" && word != "minItems" && word != "maxItems" && word != "uniqueItems")
      FAIL("a word of JSON Schema that this check does not know: " << word);
    return good ? "" : fmt::format("{}: {}", at, word);
  }

  static long double number_of(const document_node& node) { return std::stold(node.text); }

  const json::value* root_;
};

} // namespace

std::string schema_violation(const boost::json::value& schema, const document_node& document) {
  return validator{schema}.check(schema, document, "");
}

} // namespace cafnode::conf
