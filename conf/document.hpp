#pragma once

#include "conf/fault.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::conf {

/// A place in the text: line and column from 1, and how many bytes it takes.
struct position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t width = 1;
};

/// `broken` stands where a fault was already noted: readers leave it alone.
enum class node_kind : std::uint8_t { null, scalar, list, map, broken };

struct document_member;

/// One value of a YAML file, as text: what it means is the schema's business.
struct document_node {
  node_kind kind = node_kind::null;
  position at;
  std::string text;                     // of a scalar
  bool quoted = false;                  // of a scalar
  std::vector<document_node> items;     // of a list
  std::vector<document_member> members; // of a map, in the order of the file, each key once
};

struct document_member {
  std::string key;
  position at;
  document_node value;
};

/// The text of a file, kept for the excerpts below faults.
class source {
public:
  source(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  [[nodiscard]] std::size_t lines() const noexcept { return starts_.size(); }

  /// The line (from 1) without its end, or empty when there is none.
  [[nodiscard]] std::string_view line(std::uint32_t number) const noexcept;

  /// All the text from a place on.
  [[nodiscard]] std::string_view from(position at) const noexcept;

private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> starts_;
};

/// Collects the faults of one file; stops at a bound, so that a hostile file costs little.
class fault_sink {
public:
  static constexpr std::size_t faults_max = 50;

  explicit fault_sink(const source& from) : from_{&from} {}

  /// Notes a fault at `at`; file and excerpt are filled in here.
  void add(fault_code code, position at, std::string path, std::string message, std::string hint = {},
           severity level = severity::error);

  [[nodiscard]] bool full() const noexcept { return faults_.size() > faults_max; }

  /// Says that what stands at `path` could not be read, and that its fault is noted already.
  void mark_broken(std::string path) { broken_.push_back(std::move(path)); }

  /// Whether the value at `path` already has a fault; a second one would only repeat it.
  [[nodiscard]] bool has(std::string_view path) const noexcept;

  /// In the order of the file.
  [[nodiscard]] std::vector<fault> take();

private:
  const source* from_;
  std::vector<fault> faults_;
  std::vector<std::string> broken_;
};

/// Reads the one YAML document in `from`. Refuses anchors, aliases, tags, duplicate keys, tabs in the indentation, more
/// than 1 MiB, 32 levels or 100,000 values; each is noted in `sink`. None when nothing could be read.
[[nodiscard]] std::optional<document_node> parse_document(const source& from, fault_sink& sink);

/// The most that parse_document and load_file read, in bytes.
inline constexpr std::size_t document_bytes_max = std::size_t{1} << 20U;

} // namespace cafnode::conf
