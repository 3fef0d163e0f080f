#include "conf/scalar.hpp"
#include "conf/schema.hpp"
#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <string>
#include <type_traits>
#include <vector>

namespace cafnode::conf {

namespace {

/// Writes JSON of nested objects, a member a line.
class object_writer {
public:
  void open(std::string_view name) {
    begin_member(name);
    out_ += '{';
    ++depth_;
    is_first_ = true;
  }

  void close() {
    --depth_;
    end_line();
    out_ += '}';
    is_first_ = false;
  }

  /// `json` is a value as it stands.
  void member(std::string_view name, std::string_view json) {
    begin_member(name);
    out_ += json;
  }

  void text(std::string_view name, std::string_view text) { member(name, base::json_string(text)); }

  [[nodiscard]] std::string take() && { return std::move(out_) + "\n"; }

private:
  void begin_member(std::string_view name) {
    if (!is_first_)
      out_ += ',';
    is_first_ = false;
    if (depth_ > 0)
      end_line();
    if (!name.empty())
      out_ += base::json_string(name) + ": ";
  }

  void end_line() { out_ += '\n' + std::string(depth_ * 2, ' '); }

  std::string out_;
  std::size_t depth_ = 0;
  bool is_first_ = true;
};

struct blank_objects {
  node_config node;
  exchange_config exchange;
  connection_config connection;
  scopes all{&node, &exchange, &connection};
};

/// The words of a choice as a JSON array; empty for what is no choice.
std::string words_of_field(const field& value) {
  return std::visit(
      [](auto target) {
        std::string out;
        if constexpr (std::is_pointer_v<decltype(target)>)
          if constexpr (std::is_enum_v<std::remove_pointer_t<decltype(target)>>)
            for (const auto word : words_of(*target))
              out += (out.empty() ? "[" : ", ") + base::json_string(word);
        return out.empty() ? out : out + "]";
      },
      value);
}

std::string default_json(const key& key, const field& value) {
  if (const auto* const* text = std::get_if<std::string*>(&value))
    return base::json_string(**text);
  const auto written = write_value(value);
  const bool is_json =
      key.form == value_form::boolean || key.form == value_form::integer || key.form == value_form::text_list;
  return is_json ? written : base::json_string(written);
}

constexpr std::string_view name_pattern = "^[a-z0-9][a-z0-9-]{0,31}$";
constexpr std::string_view host_pattern = "^[0-9A-Za-z.:-]{1,253}$";
constexpr std::string_view channel_pattern = "^[0-9A-Za-z._:{}-]{1,128}$";
constexpr std::string_view line_pattern = "^[^\\n]*$";
constexpr std::string_view duration_pattern = "^(0|[1-9][0-9]*)(ms|s|m|h)$";
constexpr std::string_view size_pattern = "^(0|[1-9][0-9]*)(B|KiB|MiB|GiB)$";
constexpr std::string_view secret_reference_json = R"({"$ref": "#/definitions/secret"})";

/// A text with a pattern. Its range, where the pattern cannot tell it, stands in the description.
void write_pattern(object_writer& to, std::string_view pattern) {
  to.text("type", "string");
  to.text("pattern", pattern);
}

std::string text_json(const key& key) {
  return fmt::format(R"("type": "string", "minLength": {}, "maxLength": {}, "pattern": {})", key.low, key.high,
                     base::json_string(line_pattern));
}

void write_form(object_writer& to, const key& key, const field& value) {
  switch (key.form) {
  case value_form::boolean:
    return to.text("type", "boolean");
  case value_form::integer:
    to.text("type", "integer");
    to.member("minimum", std::to_string(key.low));
    return to.member("maximum", std::to_string(key.high));
  case value_form::duration:
    return write_pattern(to, duration_pattern);
  case value_form::size:
    return write_pattern(to, size_pattern);
  case value_form::name:
    return write_pattern(to, name_pattern);
  case value_form::host:
    return write_pattern(to, host_pattern);
  case value_form::choice:
    return to.member("enum", words_of_field(value));
  case value_form::text_list:
    to.text("type", "array");
    to.member("items", fmt::format(R"({{"type": "string", "pattern": {}}})", base::json_string(channel_pattern)));
    to.member("maxItems", std::to_string(key.high));
    return to.member("uniqueItems", "true");
  case value_form::secret:
    return to.member("allOf", fmt::format("[{}]", secret_reference_json));
  case value_form::text_or_secret:
    return to.member("anyOf", fmt::format("[{{{}}}, {}]", text_json(key), secret_reference_json));
  case value_form::text:
    to.text("type", "string");
    to.member("minLength", std::to_string(key.low));
    to.member("maxLength", std::to_string(key.high));
    return to.text("pattern", line_pattern);
  }
}

/// What an editor shows: the meaning, the range, and a default that is computed.
std::string description_of(const key& key) {
  std::string out{key.doc};
  if (key.form != value_form::boolean && key.form != value_form::choice && key.form != value_form::secret)
    out += fmt::format(" {}: {}.", describe_form(key.form), describe_range(key));
  if (!key.default_note.empty())
    out += fmt::format(" Default: {}.", key.default_note);
  return out;
}

class schema_writer {
public:
  std::string write() {
    to_.open({});
    to_.text("$schema", "http://json-schema.org/draft-07/schema#");
    to_.text("title", "The configuration of caf-node");
    write_secret();
    to_.text("type", "object");
    to_.open("properties");
    for (const auto& [name, value] : {std::pair{"apiVersion", api_version}, std::pair{"kind", document_kind}}) {
      to_.open(name);
      to_.text("const", value);
      to_.close();
    }
    write_members(scope::node, "");
    write_list(scope::exchange);
    to_.close();
    write_object_end({"apiVersion", "kind", "exchanges"});
    to_.close();
    return std::move(to_).take();
  }

private:
  void write_secret() {
    const auto one = [](std::string_view from, std::string_view where) {
      return fmt::format(R"({{"type": "object", "properties": {{"from": {{"const": "{}"}}, )"
                         R"("{}": {{"type": "string", "minLength": 1, "maxLength": 4096}}}}, )"
                         R"("required": ["from", "{}"], "additionalProperties": false}})",
                         from, where, where);
    };
    to_.open("definitions");
    to_.open("secret");
    to_.text("description", "Where a secret is. Never the secret itself.");
    to_.member("anyOf", fmt::format("[{}, {}]", one("env", "name"), one("file", "path")));
    to_.close();
    to_.close();
  }

  /// The keys and sections right below a section; `prefix` is "" or "heartbeat.". Returns the required ones.
  std::vector<std::string> write_members(scope in, const std::string& prefix) {
    std::vector<std::string> required;
    std::string_view last;
    for (const auto& key : schema()) {
      if (key.in != in || !key.path.starts_with(prefix))
        continue;
      const auto rest = key.path.substr(prefix.size());
      const auto name = rest.substr(0, rest.find('.'));
      if (name == last)
        continue;
      last = name;
      if (name == rest ? key.required : has_required(in, fmt::format("{}{}.", prefix, name)))
        required.emplace_back(name);
      if (name == rest)
        write_key(key);
      else
        write_section(in, prefix, std::string{name});
    }
    return required;
  }

  void write_key(const key& key) {
    const auto value = key.at(blank_.all);
    to_.open(key.path.substr(key.path.rfind('.') + 1)); // npos + 1 is 0
    to_.text("description", description_of(key));
    write_form(to_, key, value);
    if (!key.required && key.default_note.empty())
      to_.member("default", default_json(key, value));
    to_.text("x-effect", to_string(key.effect));
    to_.text("x-pushed-by", to_string(key.pusher));
    to_.close();
  }

  /// A section that is empty means its defaults; one with required keys cannot be.
  void write_section(scope in, const std::string& prefix, const std::string& name) {
    const auto below = fmt::format("{}{}.", prefix, name);
    to_.open(name);
    to_.member("type", has_required(in, below) ? R"("object")" : R"(["object", "null"])");
    to_.open("properties");
    const auto required = write_members(in, below);
    to_.close();
    write_object_end(required);
    to_.close();
  }

  /// The list of the entries of a scope.
  void write_list(scope in) {
    const bool of_exchanges = in == scope::exchange;
    to_.open(of_exchanges ? "exchanges" : "connections");
    to_.text("type", "array");
    to_.member("minItems", "1");
    to_.member("maxItems", std::to_string(of_exchanges ? exchanges_max : connections_max));
    to_.open("items");
    to_.text("type", "object");
    to_.open("properties");
    auto required = write_members(in, "");
    if (of_exchanges) {
      write_list(scope::connection);
      required.emplace_back("connections");
    }
    to_.close();
    write_object_end(required);
    if (of_exchanges)
      write_sections_of_venues();
    to_.close();
    to_.close();
  }

  /// The section of a venue stands only where that is the venue.
  void write_sections_of_venues() {
    std::string rules;
    for (const auto venue : words_of(conf::venue{}))
      rules += fmt::format(R"({}{{"if": {{"properties": {{"venue": {{"const": {}}}}}}}, )"
                           R"("else": {{"properties": {{{}: false}}}}}})",
                           rules.empty() ? "" : ", ", base::json_string(venue), base::json_string(venue));
    to_.member("allOf", fmt::format("[{}]", rules));
  }

  static bool has_required(scope in, const std::string& prefix) {
    for (const auto& key : schema())
      if (key.in == in && key.required && key.path.starts_with(prefix))
        return true;
    return false;
  }

  void write_object_end(const std::vector<std::string>& required) {
    std::string names;
    for (const auto& name : required)
      names += (names.empty() ? "" : ", ") + base::json_string(name);
    if (!names.empty())
      to_.member("required", fmt::format("[{}]", names));
    to_.member("additionalProperties", "false");
  }

  object_writer to_;
  blank_objects blank_;
};

} // namespace

std::string schema_to_json() {
  return schema_writer{}.write();
}

} // namespace cafnode::conf
