#pragma once

#include "runtime/base/time.hpp"
#include "runtime/observe/field.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::observe {

enum class level : std::uint8_t { trace = 0, debug = 1, info = 2, warn = 3, error = 4, off = 5 };

[[nodiscard]] std::string_view to_string(level severity) noexcept;

/// Who writes the log; the same in each line.
struct log_identity {
  std::string node;
  std::string region;
};

/// One line before it is text.
struct log_record {
  base::wall_time at{};
  level severity = level::info;
  std::string_view channel; // the folder that it comes from
  std::string_view message; // constant, so that it can be searched
  field_list fields;        // `actor`, `corr`, `kind` and `err` are the names that every reader knows
};

/// One JSON object without a line end: ts, level, msg, node, region, channel, then the fields. A field that is called
/// as one of those gets an underscore.
[[nodiscard]] std::string render_json(const log_record& record, const log_identity& identity);

/// For a terminal: `10:45:21.000123 warn  net: message key=value`.
[[nodiscard]] std::string render_text(const log_record& record, bool colour);

} // namespace cafnode::observe
