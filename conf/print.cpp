#include "conf/loader.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace cafnode::conf {

namespace {

/// Writes the keys of one object as nested YAML, in the order of the schema.
class printer {
public:
  printer(const loaded& from, bool show_origin) : from_{&from}, config_{from.config}, show_origin_{show_origin} {}

  std::string print() {
    out_ = fmt::format("apiVersion: {}\nkind: {}\n", api_version, document_kind);
    write_scope(scope::node, {&config_, nullptr, nullptr}, "", 0);
    if (config_.exchanges.empty())
      return out_;
    out_ += "exchanges:\n";
    for (auto& exchange : config_.exchanges)
      write_exchange(exchange);
    return out_;
  }

private:
  void write_exchange(exchange_config& exchange) {
    const auto path = fmt::format("exchanges.{}", exchange.name);
    begin_entry(2);
    write_scope(scope::exchange, {&config_, &exchange, nullptr}, path, 4);
    if (exchange.connections.empty())
      return;
    out_ += "    connections:\n";
    for (auto& connection : exchange.connections) {
      begin_entry(6);
      write_scope(scope::connection, {&config_, &exchange, &connection},
                  fmt::format("{}.connections.{}", path, connection.name), 8);
    }
  }

  /// The next line begins with "- " at this column.
  void begin_entry(std::size_t column) { dash_ = column + 1; }

  std::string indent(std::size_t columns) {
    std::string text(columns, ' ');
    if (dash_ > 0)
      text[std::exchange(dash_, std::size_t{0}) - 1] = '-';
    return text;
  }

  void write_scope(scope in, const scopes& objects, const std::string& path, std::size_t column) {
    std::vector<std::string_view> sections; // those that are open
    for (const auto& key : schema())
      if (key.in == in && is_shown(key, objects))
        write_key(key, objects, path, column, sections);
  }

  /// Left out: values that are unset, sections of other venues, and what a connection only has from its exchange.
  static bool is_shown(const key& key, const scopes& objects) {
    if (key.in == scope::connection && key.path.starts_with("auth.") && !objects.connection->own_auth)
      return false;
    if (key.in == scope::exchange && is_foreign(key.path, word_of(objects.exchange->venue)))
      return false;
    const auto value = key.at(objects);
    if (const auto* const* text = std::get_if<std::string*>(&value))
      return !(*text)->empty();
    if (const auto* const* text = std::get_if<text_source*>(&value))
      return !(*text)->empty();
    if (const auto* const* reference = std::get_if<secret_reference*>(&value))
      return (*reference)->from != secret_origin::none;
    return true;
  }

  void write_key(const key& key, const scopes& objects, const std::string& path, std::size_t column,
                 std::vector<std::string_view>& sections) {
    std::string_view rest = key.path;
    std::size_t depth = 0;
    for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.'), ++depth) {
      const auto section = rest.substr(0, dot);
      if (depth >= sections.size() || sections[depth] != section) {
        sections.resize(depth);
        sections.push_back(section);
        out_ += fmt::format("{}{}:\n", indent(column + 2 * depth), section);
      }
      rest.remove_prefix(dot + 1);
    }
    sections.resize(depth);
    const auto line = fmt::format("{}{}: {}", indent(column + 2 * depth), rest, write_value(key.at(objects)));
    if (show_origin_)
      out_ += fmt::format("{:<56} # {}\n", line, to_string(origin_of(key, path)));
    else
      out_ += line + "\n";
  }

  [[nodiscard]] origin origin_of(const key& key, const std::string& path) const {
    const auto found = from_->origins.find(path.empty() ? std::string{key.path} : fmt::format("{}.{}", path, key.path));
    return found == from_->origins.end() ? origin::built_in : found->second;
  }

  const loaded* from_;
  node_config config_;
  bool show_origin_;
  std::string out_;
  std::size_t dash_ = 0;
};

} // namespace

std::string print_config(const loaded& from, bool show_origin) {
  return printer{from, show_origin}.print();
}

} // namespace cafnode::conf
