#include "conf/document.hpp"

#include "conf/excerpt.hpp"
#include "conf/scalar.hpp"
#include "runtime/base/json_text.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace cafnode::conf {

namespace {

constexpr std::size_t depth_max = 32;
constexpr std::size_t values_max = 100'000;

/// Leaves the parser early; the fault is already noted.
struct stop_reading {};

position position_of(const YAML::Mark& mark, std::size_t width) {
  if (mark.is_null())
    return {};
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1),
          static_cast<std::uint32_t>(std::clamp<std::size_t>(width, 1, 1000))};
}

/// Whether the quote that `text` begins with is closed: the parser takes the end of the file for one.
bool is_closed(std::string_view text) {
  const char quote = text.empty() ? ' ' : text.front();
  if (quote != '\'' && quote != '"')
    return true; // a block scalar
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool pair = quote == '"' ? text[i] == '\\' : text.substr(i, 2) == "''";
    if (pair)
      ++i;
    else if (text[i] == quote)
      return true;
  }
  return false;
}

/// Builds the tree from the parser's events.
class tree_builder final : public YAML::EventHandler {
public:
  tree_builder(const source& from, fault_sink& sink) : from_{&from}, sink_{&sink} {}

  std::optional<document_node> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true))
      stop(fault_code::many_documents, position_of(mark, 3), "a second document begins here",
           "keep one document a file");
  }

  void OnDocumentEnd() override {}

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    sink_->add(fault_code::anchor, position_of(mark, name.size() + 1), path(), "anchors are not supported",
               "write the value where it is used");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    sink_->add(fault_code::anchor, position_of(mark, 2), path(), "aliases are not supported",
               "write the value out here");
    document_node node;
    node.kind = node_kind::broken;
    node.at = position_of(mark, 1);
    put(std::move(node));
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    document_node node;
    node.at = position_of(mark, 1);
    put(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    document_node node;
    node.kind = node_kind::scalar;
    node.text = value;
    node.quoted = tag == "!";
    node.at = position_of(mark, value.size() + (node.quoted ? 2 : 0));
    if (node.quoted && !is_closed(from_->from(node.at)))
      stop(fault_code::syntax, node.at, "this quote is never closed", "close it, or write the value without quotes");
    if (has_tag(mark, tag))
      node.kind = node_kind::broken;
    put(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, node_kind::list);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, node_kind::map);
  }

  void OnMapEnd() override { close(); }

private:
  /// A list or map that is still open; for a map, the key whose value comes next.
  struct frame {
    document_node node;
    std::optional<std::string> key;
    position key_at;
    std::unordered_set<std::string> keys;
  };

  /// Where the parser is: "exchanges[0].url"; what is no key of the schema shows as ?.
  [[nodiscard]] std::string path() const {
    std::string out;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (!is_map_[i])
        out += fmt::format("[{}]", open_[i].node.items.size());
      else if (open_[i].key)
        out += fmt::format("{}{}", out.empty() ? "" : ".", is_schema_word(*open_[i].key) ? *open_[i].key : "?");
    }
    return out;
  }

  [[noreturn]] void stop(fault_code code, position at, std::string message, std::string hint) {
    sink_->add(code, at, path(), std::move(message), std::move(hint));
    throw stop_reading{};
  }

  bool has_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!")
      return false;
    sink_->add(fault_code::tag, position_of(mark, 1), path(), "tags are not supported", "write the plain value");
    return true;
  }

  void open(const YAML::Mark& mark, const std::string& tag, node_kind kind) {
    if (open_.size() >= depth_max)
      stop(fault_code::too_deep, position_of(mark, 1), fmt::format("more than {} levels", depth_max), "");
    if (wants_key())
      stop(fault_code::syntax, position_of(mark, 1), "a list or map stands where a key belongs",
           "close every bracket; a key is one word");
    frame opened;
    opened.node.kind = has_tag(mark, tag) ? node_kind::broken : kind;
    opened.node.at = position_of(mark, 1);
    is_map_.push_back(kind == node_kind::map);
    open_.push_back(std::move(opened));
  }

  void close() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    is_map_.pop_back();
    put(std::move(node));
  }

  [[nodiscard]] bool wants_key() const { return !open_.empty() && is_map_.back() && !open_.back().key; }

  void put(document_node node) {
    if (++values_ > values_max)
      stop(fault_code::too_large, node.at, fmt::format("more than {} values", values_max), "");
    if (sink_->full())
      throw stop_reading{};
    if (open_.empty())
      root_ = std::move(node);
    else if (wants_key())
      put_key(node);
    else if (is_map_.back())
      put_value(std::move(node));
    else
      open_.back().node.items.push_back(std::move(node));
  }

  void put_key(document_node& node) {
    if (node.kind == node_kind::null)
      stop(fault_code::syntax, node.at, "a key is missing", "a key is one word");
    open_.back().key_at = node.at;
    open_.back().key = std::move(node.text);
  }

  void put_value(document_node node) {
    auto& map = open_.back();
    // An empty value has no place of its own: what follows the key is already the next line.
    if (node.kind == node_kind::null)
      node.at = map.key_at;
    if (map.keys.insert(*map.key).second)
      map.node.members.push_back({std::move(*map.key), map.key_at, std::move(node)});
    else
      note_duplicate(map);
    map.key.reset();
  }

  /// A word that is no key may be a secret that stands alone in the braces of a map.
  void note_duplicate(frame& map) {
    const auto key = std::string{key_part(*map.key)};
    const bool is_known = is_schema_word(key);
    if (!is_known)
      map.key.reset();
    sink_->add(fault_code::duplicate_key, map.key_at, path(),
               is_known ? fmt::format("key '{}' stands here a second time", key) : "this key stands here a second time",
               "keep one of the two");
  }

  const source* from_;
  fault_sink* sink_;
  std::optional<document_node> root_;
  std::vector<frame> open_;
  std::vector<bool> is_map_; // a tagged map is broken, and still a map to the parser
  std::size_t values_ = 0;
  bool started_ = false;
};

/// What YAML leaves to guesswork is refused before it is parsed. True when parsing makes sense.
bool check_line(std::string_view line, std::uint32_t number, fault_sink& sink) {
  const auto tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
  if (tab != std::string_view::npos) {
    sink.add(fault_code::tab, {number, static_cast<std::uint32_t>(tab + 1), 1}, {}, "a tab in the indentation",
             "indent with spaces");
    return false;
  }
  for (std::size_t i = 0; i < line.size();) {
    const auto length = base::utf8_length(line.substr(i));
    const auto c = static_cast<unsigned char>(line[i]);
    if (length == 0 || (c < 0x20 && c != '\t') || c == 0x7f) {
      sink.add(fault_code::bad_utf8, {number, static_cast<std::uint32_t>(i + 1), 1}, {},
               length == 0 ? "this is not UTF-8" : "a control character", "save the file as UTF-8 text");
      return false;
    }
    i += length;
  }
  return true;
}

bool check_text(const source& from, fault_sink& sink) {
  if (from.text().size() > document_bytes_max) {
    sink.add(fault_code::too_large, {}, {}, fmt::format("the file is larger than {} bytes", document_bytes_max),
             "a configuration is a few kilobytes: is this the right file?");
    return false;
  }
  bool good = true;
  for (std::uint32_t number = 1; number <= from.lines() && !sink.full(); ++number)
    good = check_line(from.line(number), number, sink) && good;
  return good;
}

// The part of the library's message that is the same for every file. Some end in a piece of the text (an alias, an
// escape), which may be a secret that was written where a reference belongs; what is not known here is not repeated.
std::string said_of(const std::string& message) {
  static const std::array known{
      YAML::ErrorMsg::END_OF_MAP,       YAML::ErrorMsg::END_OF_MAP_FLOW,
      YAML::ErrorMsg::END_OF_SEQ,       YAML::ErrorMsg::END_OF_SEQ_FLOW,
      YAML::ErrorMsg::MULTIPLE_TAGS,    YAML::ErrorMsg::MULTIPLE_ANCHORS,
      YAML::ErrorMsg::MULTIPLE_ALIASES, YAML::ErrorMsg::ALIAS_CONTENT,
      YAML::ErrorMsg::INVALID_HEX,      YAML::ErrorMsg::INVALID_UNICODE,
      YAML::ErrorMsg::INVALID_ESCAPE,   YAML::ErrorMsg::UNKNOWN_TOKEN,
      YAML::ErrorMsg::DOC_IN_SCALAR,    YAML::ErrorMsg::EOF_IN_SCALAR,
      YAML::ErrorMsg::CHAR_IN_SCALAR,   YAML::ErrorMsg::TAB_IN_INDENTATION,
      YAML::ErrorMsg::FLOW_END,         YAML::ErrorMsg::BLOCK_ENTRY,
      YAML::ErrorMsg::MAP_KEY,          YAML::ErrorMsg::MAP_VALUE,
      YAML::ErrorMsg::ALIAS_NOT_FOUND,  YAML::ErrorMsg::ANCHOR_NOT_FOUND,
      YAML::ErrorMsg::CHAR_IN_ALIAS,    YAML::ErrorMsg::CHAR_IN_ANCHOR,
      YAML::ErrorMsg::CHAR_IN_BLOCK,    YAML::ErrorMsg::ZERO_INDENT_IN_BLOCK,
      YAML::ErrorMsg::UNKNOWN_ANCHOR,
  };
  for (const std::string_view text : known) {
    if (message.starts_with(text))
      return fmt::format(": {}", text.substr(0, text.find_last_not_of(": ") + 1));
  }
  return {};
}

} // namespace

std::optional<document_node> parse_document(const source& from, fault_sink& sink) {
  if (!check_text(from, sink))
    return std::nullopt;
  tree_builder builder{from, sink};
  try {
    std::istringstream in{from.text()};
    YAML::Parser parser{in};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const stop_reading&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    sink.add(fault_code::syntax, position_of(error.mark, 1), {}, "this is not YAML" + said_of(error.msg),
             "check the indentation, colons and quotes here and in the line above");
    return std::nullopt;
  } catch (const std::exception&) {
    // What it says may quote the file, and the file may hold what should have been a reference to a secret.
    sink.add(fault_code::syntax, {}, {}, "this cannot be read as YAML", "look for what is very long or very deep");
    return std::nullopt;
  }
  auto root = builder.take();
  if (!root || root->kind == node_kind::null) {
    sink.add(fault_code::empty, {}, {}, "the file holds no configuration", "see conf/node-minimal.yaml for the least");
    return std::nullopt;
  }
  return root;
}

} // namespace cafnode::conf
